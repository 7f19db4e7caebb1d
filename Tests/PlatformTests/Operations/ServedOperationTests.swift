import Testing

@testable import Platform

@Suite struct ServedOperationTests {
    private static let scheduler = "arn:aws:scheduler:::aws-sdk:"

    @Test(arguments: [
        ("sqs:sendMessage", "sqs", "sendMessage"), ("eventbridge:putEvents", "eventbridge", "putEvents"),
        ("s3:putObject", "s3", "putObject"),
    ])
    func `a universal target names a service and an action`(_ text: String, _ service: String, _ action: String) {
        let operation = ServedOperation(universalTarget: Self.scheduler + text)
        #expect(operation?.service == service && operation?.action == action && operation?.description == text)
    }

    @Test(arguments: [
        "", "sqs", "sqs:", ":sendMessage", "sqs:SendMessage", "SQS:sendMessage", "sqs:send-message", "sqs:a:b",
        "sqs:send Message", "sqs:\u{e9}", "sqs:" + String(repeating: "a", count: 129),
    ])
    func `what names no operation is none`(_ text: String) {
        #expect(ServedOperation(universalTarget: Self.scheduler + text) == nil)
        #expect(ServedOperation(universalTarget: text) == nil)
    }

    @Test func `what only reads is known by its name`() throws {
        for name in ["sqs:receiveMessage", "iam:getRole", "sns:listTopics", "dynamodb:batchGetItem"] {
            #expect(try #require(ServedOperation(name[...])).isRead, "\(name)")
        }
        for name in ["sqs:sendMessage", "lambda:invoke", "eventbridge:putEvents"] {
            #expect(try #require(ServedOperation(name[...])).isRead == false, "\(name)")
        }
    }
}
