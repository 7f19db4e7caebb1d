import Core
import StatesLanguage
import Testing

@testable import Platform

/// What resources of tasks ask for, and how results and errors look.
@Suite struct IntegrationTests {
    private func integration(_ type: String, _ action: String) throws -> Integration {
        try #require(Integration(type: type, action: action), "\(type):\(action)")
    }

    @Test func `a resource says which operation is called, and when the task is over`() throws {
        for (type, action, operation, pattern) in [
            ("sqs", "sendMessage", "sqs:sendMessage", Integration.Pattern.answer),
            ("sqs", "sendMessage.waitForTaskToken", "sqs:sendMessage", .token),
            ("events", "putEvents", "eventbridge:putEvents", .answer),
            ("states", "startExecution", "sfn:startExecution", .answer),
            ("states", "startExecution.sync", "sfn:startExecution", .execution(parsed: false)),
            ("states", "startExecution.sync:2", "sfn:startExecution", .execution(parsed: true)),
            ("aws-sdk:sfn", "startExecution", "sfn:startExecution", .answer),
            ("aws-sdk:sqs", "sendMessage.waitForTaskToken", "sqs:sendMessage", .token),
        ] {
            let integration = try integration(type, action)
            #expect(
                integration.operation.description == operation && integration.pattern == pattern, "\(type) \(action)")
        }
    }

    @Test(arguments: [
        ("sqs", "sendMessage.sync"), ("sqs", "deleteMessage"), ("sqs", ""), ("aws-sdk:sqs", "SendMessage"),
        ("aws-sdk:sfn", "startExecution.sync"), ("sqs", "sendMessage.sync:3"), ("batch", "submitJob"), ("", ""),
        ("aws-sdk:", "a"), ("sqs", ".waitForTaskToken"),
    ])
    func `what is no integration is none`(type: String, action: String) {
        #expect(Integration(type: type, action: action) == nil)
    }

    @Test func `errors have the names and words of the SDK that AWS uses there`() throws {
        let id = RequestID()
        let fault = ServedFault(
            .refused, service: "Sns", code: "NotFound", exception: "NotFoundException", message: "m", status: 404)
        let unnamed = ServedFault(.denied, service: "Sns", code: "AccessDenied", message: "m", status: 403)
        let old = try integration("sns", "publish"), new = try integration("aws-sdk:sns", "publish")
        #expect(old.failure(fault, id).error == "SNS.NotFoundException")
        #expect(
            old.failure(fault, id).cause
                == "m (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: \(id); Proxy: null)")
        #expect(old.failure(unnamed, id).error == "SNS.AmazonSNSException")
        #expect(new.failure(fault, id).error == "Sns.NotFoundException")
        #expect(new.failure(fault, id).cause == "m (Service: Sns, Status Code: 404, Request ID: \(id))")
        #expect(new.failure(unnamed, id).error == "Sns.SnsException")
        let malformed = ServedFault(.malformed, service: "Sns", code: "x", message: "There is no parameter A")
        #expect(new.failure(malformed, id).error == "States.Runtime")
    }

    @Test func `an optimized integration says what the answer was`() throws {
        let id = RequestID()
        let answer = ServedAnswer(
            ["MessageId": "m"], contentType: "text/xml", size: 294, date: "Thu, 01 Jan 1970 00:00:00 GMT")
        let result = try integration("sns", "publish").result(answer, id)
        #expect(result["MessageId"] == "m")
        #expect(result["SdkHttpMetadata"]?["HttpHeaders"]?["Content-Length"] == "294")
        #expect(result["SdkHttpMetadata"]?["AllHttpHeaders"]?["Content-Type"] == ["text/xml"])
        #expect(result["SdkResponseMetadata"]?["RequestId"]?.string == id.description)
        #expect(try integration("aws-sdk:sns", "publish").result(answer, id) == ["MessageId": "m"])
        let started = ServedAnswer(["StartDate": "1970-01-01T00:00:01.5Z"])
        #expect(try integration("states", "startExecution").result(started, id)["StartDate"] == 1500)
    }

    @Test func `events that were not taken are a failure of the task`() throws {
        let entries: JSON = ["Entries": [["ErrorCode": "MalformedDetail"]], "FailedEntryCount": 1]
        let failure = try integration("events", "putEvents").failure(in: ServedAnswer(entries))
        #expect(failure?.error == "EventBridge.FailedEntry" && failure?.cause == entries.text)
        #expect(try integration("events", "putEvents").failure(in: ServedAnswer(["FailedEntryCount": 0])) == nil)
        #expect(try integration("aws-sdk:eventbridge", "putEvents").failure(in: ServedAnswer(entries)) == nil)
    }
}
