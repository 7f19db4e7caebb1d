import Core
import Testing

@testable import Gateway

/// How operations are called from inside: by the names of the SDKs, with values as JSON has them.
@Suite struct SDKServiceTests {
    private func operation(_ service: String, _ action: String) throws -> OperationModel {
        let service = try #require(SDKService(named: service), "\(service)")
        return try #require(service.operation(action), "\(action)")
    }

    private func input(_ json: JSON, _ operation: OperationModel) throws -> WireValue {
        let member = try #require(operation.input)
        return try JSONBinding(shapes: operation.shapes, form: .sdk)
            .structure(json, members: operation.shapes[member].members)
    }

    private func output(_ value: WireValue, _ operation: OperationModel) throws -> JSON {
        let member = try #require(operation.output)
        return JSONWriter(shapes: operation.shapes, form: .sdk)
            .structure(value, members: operation.shapes[member].members)
    }

    @Test func `services go by the names of the SDKs`() throws {
        for (name, signing, prefix) in [
            ("sqs", "sqs", "Sqs"), ("eventbridge", "events", "EventBridge"),
            ("cloudwatchlogs", "logs", "CloudWatchLogs"),
        ] {
            let service = try #require(SDKService(named: name))
            #expect(service.model.identity.signingName == signing && service.errorPrefix == prefix)
        }
        for name in ["events", "logs", "states", "martlet", "rekognition", ""] {
            #expect(SDKService(named: name) == nil, "\(name)")
        }
    }

    @Test func `operations that stream, and those that are not here, are none`() throws {
        for (service, action) in [
            ("lambda", "invokeWithResponseStream"), ("cloudwatchlogs", "startLiveTail"),
            ("lambda", "createCapacityProvider"), ("sqs", "sendmessage"), ("sqs", ""),
        ] {
            let served = try #require(SDKService(named: service))
            #expect(served.operation(action) == nil, "\(service):\(action)")
        }
    }

    @Test func `members have capitals, whatever the model says`() throws {
        let role = try operation("cloudwatchlogs", "createLogGroup")
        #expect(try input(["LogGroupName": "g"], role) == ["logGroupName": "g"])
        #expect(throws: Malformed("There is no parameter logGroupName")) {
            try input(["logGroupName": "g"], role)
        }
    }

    @Test func `strangers are refused at every depth`() throws {
        let send = try operation("sqs", "sendMessage")
        #expect(throws: Malformed("There is no parameter Text")) {
            try input(["MessageAttributes": ["a": ["DataType": "String", "Text": "x"]]], send)
        }
    }

    @Test func `texts and blobs may be given as JSON`() throws {
        let send = try operation("sqs", "sendMessage")
        #expect(try input(["MessageBody": ["a": 1]], send)["MessageBody"] == #"{"a":1}"#)
        let invoke = try operation("lambda", "invoke")
        #expect(try input(["Payload": ["a": 1]], invoke)["Payload"] == .blob(Array(#"{"a":1}"#.utf8)))
        #expect(try input(["Payload": "text"], invoke)["Payload"] == .blob(Array("text".utf8)))
    }

    @Test func `blobs come as text and times too`() throws {
        let answer = try output(["StatusCode": 200, "Payload": .blob(Array("{}".utf8))], operation("lambda", "invoke"))
        #expect(answer == ["StatusCode": 200, "Payload": "{}"])
        let group = try output(["CreationDate": .timestamp(0)], operation("scheduler", "getScheduleGroup"))
        #expect(group == ["CreationDate": "1970-01-01T00:00:00Z"])
    }
}
