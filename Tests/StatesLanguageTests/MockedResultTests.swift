import Core
import Testing

@testable import StatesLanguage

/// Whether mocked results look like those of the operations.
struct MockedResultTests {
    private static let prefix = "Mock result schema validation error: "

    private static func flaw(
        _ resource: String, _ result: JSON, _ validation: StateTestMock.Validation = .strict
    ) throws -> String? {
        let shape = try #require(ResultShapes.embedded.shape(of: TaskTarget(resource: "arn:aws:states:::" + resource)))
        return shape.flaw(in: result, validation)
    }

    @Test(
        arguments: [
            ("lambda:invoke", ["StatusCode": 200, "Payload": ["any": 1]], nil),
            ("lambda:invoke", ["Payload": 1, "StatusCode": "x"], "Field 'StatusCode' must be a number"),
            ("aws-sdk:lambda:invoke", ["Payload": 1], "Field 'Payload' must be a string"),
            ("events:putEvents", ["Entries": 1], "Field 'Entries' must be an array"),
            ("events:putEvents", ["Entries": [["EventId": 1]]], "Field 'EventId' must be a string"),
            ("dynamodb:getItem", ["Item": ["a": ["N": 1]]], "Field 'N' must be a string"),
            ("aws-sdk:sfn:startExecution", ["ExecutionArn": "a"], "Required field 'StartDate' is missing"),
            ("states:startExecution.sync:2", ["Status": "DONE"], "Required field 'ExecutionArn' is missing"),
            ("sqs:sendMessage", [1], "The result must be an object"),
            ("sqs:sendMessage", ["MessageId": "m", "Other": 1, "messageId": 1], nil),
        ] as [(String, JSON, String?)])
    func `a result is checked against its operation`(resource: String, result: JSON, words: String?) throws {
        #expect(try Self.flaw(resource, result) == words.map { Self.prefix + $0 })
        #expect(try Self.flaw(resource, result, .none) == nil)
    }

    @Test func `what is missing is let through where only what is present is asked for`() throws {
        #expect(try Self.flaw("states:startExecution", .object(JSONObject()), .present) == nil)
        #expect(try Self.flaw("states:startExecution", ["StartDate": 1], .present)?.hasSuffix("be a string") == true)
    }

    @Test(arguments: [
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "arn:aws:states:::aws-sdk:nothing:here",
        "arn:aws:states:::glue:startJobRun.sync", "arn:aws:lambda:us-east-1:1:function:f", "",
    ])
    func `a result that nothing is known of may be anything`(resource: String) {
        #expect(ResultShapes.embedded.shape(of: TaskTarget(resource: resource)) == nil)
    }

    @Test func `every file of shapes can be read, and names no shape that it has not`() throws {
        #expect(Embedded.files.count > 20)
        for (name, content) in Embedded.files {
            let model = try JSON(parsing: try #require(Base64.decode(content)))
            let shapes = try #require(model["shapes"]?.object)
            for operation in model["operations"]?.object?.members ?? [] {
                #expect(shapes[operation.value.string ?? ""] != nil, "\(name): \(operation.key)")
            }
            for shape in shapes.members {
                let inner = ["member", "key", "value"].compactMap { shape.value[$0]?.string }
                let members = shape.value["members"]?.object?.members.compactMap(\.value.string) ?? []
                for used in inner + members { #expect(shapes[used] != nil, "\(name): \(used)") }
            }
        }
    }

    @Test(arguments: [
        ("arn:aws:states:::states:startExecution.sync:2", "states", "startExecution.sync:2"),
        ("arn:aws:states:::aws-sdk:s3:getObject", "aws-sdk:s3", "getObject"),
        ("arn:aws:states:::sqs:sendMessage.waitForTaskToken", "sqs", "sendMessage.waitForTaskToken"),
    ])
    func `a resource is told apart as events name it`(resource: String, type: String, action: String) {
        #expect(TaskTarget(resource: resource) == .service(type: type, action: action))
    }
}
