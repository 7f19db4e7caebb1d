import Core
import Testing

@testable import Gateway

/// AWS's own words for what is wrong with an input.
@Suite struct WireValidationTests {
    private func message(_ request: WireRequest) -> String? { WireRequests.failure(request)?.error.message }

    @Test func `a missing member is named`() throws {
        let failure = try #require(WireRequests.failure(WireRequests.form("iam", "Action=GetRole")))
        #expect(failure.error.code == "ValidationError")
        #expect(
            failure.error.message
                == "1 validation error detected: Value null at 'roleName' failed to satisfy constraint: "
                + "Member must not be null")
    }

    @Test func `several violations are counted and listed`() throws {
        let body = #"{"logGroupName":"a b","retentionInDays":1}"#
        let failure = try #require(
            WireRequests.failure(WireRequests.json("logs", "Logs_20140328.CreateLogStream", body)))
        #expect(failure.error.code == "InvalidParameterException")
        #expect(
            failure.error.message
                == "2 validation errors detected: Value null at 'logStreamName' failed to satisfy constraint: "
                + "Member must not be null; Value 'a b' at 'logGroupName' failed to satisfy constraint: "
                + #"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"#)
    }

    @Test func `ranges, lengths and enumerations are held`() throws {
        let create =
            #"{"FunctionName":"f","Role":"arn:aws:iam::000000000000:role/r","Code":{},"Runtime":"cobol1","#
            + #""MemorySize":1,"Architectures":["z80"],"Environment":{"Variables":{"bad name":"x"}}}"#
        let text = try #require(message(WireRequests.make("lambda", path: "/2015-03-31/functions", body: create)))
        #expect(text.hasPrefix("4 validation errors detected: "))
        #expect(
            text.contains("Value 'cobol1' at 'runtime' failed to satisfy constraint: Member must satisfy enum value"))
        #expect(text.contains("Value '1' at 'memorySize' failed to satisfy constraint: Member must have value greater"))
        #expect(text.contains("Value '[z80]' at 'architectures' failed to satisfy constraint: Member must satisfy"))
        #expect(text.contains("at 'environment.variables' failed to satisfy constraint: Map keys must satisfy"))
        #expect(!text.contains("bad name"), "what the model calls sensitive is not repeated")
    }

    @Test func `a member of a list's structure is named by its place`() throws {
        let body =
            #"{"logGroupName":"g","logStreamName":"s","logEvents":[{"timestamp":1,"message":"m"},{"timestamp":-1}]}"#
        let text = try #require(message(WireRequests.json("logs", "Logs_20140328.PutLogEvents", body)))
        #expect(text.contains("Value null at 'logEvents.2.member.message' failed"))
        #expect(text.contains("Value '-1' at 'logEvents.2.member.timestamp' failed to satisfy constraint: "))
    }

    @Test func `a long list of violations is cut off`() throws {
        let events = Array(repeating: "{}", count: 5000).joined(separator: ",")
        let body = #"{"logGroupName":"g","logStreamName":"s","logEvents":[\#(events)]}"#
        let text = try #require(message(WireRequests.json("logs", "Logs_20140328.PutLogEvents", body)))
        #expect(text.hasPrefix("10 validation errors detected: "))
        #expect(text.utf8.count < 5000)
    }
}
