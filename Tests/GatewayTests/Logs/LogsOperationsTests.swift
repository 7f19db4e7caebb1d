import Core
import Platform
import Testing

@testable import Gateway

@Suite struct LogsOperationsTests {
    let wire = LogsWire()
    let group: JSON = ["logGroupName": "/aws/lambda/f"]
    let stream: JSON = ["logGroupName": "/aws/lambda/f", "logStreamName": "s"]

    private func make() async throws {
        #expect(try await wire.send("CreateLogGroup", ["logGroupName": "/aws/lambda/f", "tags": ["a": "b"]]) == [:])
        #expect(try await wire.send("CreateLogStream", stream) == [:])
    }

    private func now(_ offset: Int64 = 0) -> JSON {
        .number(JSONNumber(Instant.now.advanced(milliseconds: offset).milliseconds))
    }

    @Test(arguments: [
        ("%^[A-Z]+:\\s%", 2), ("[level=ERROR:, ...]", 1), ("[..., took > 20]", 1), ("{ $.took = %^1% }", 1),
        ("%a% %b% %c%", nil), ("[level=ERROR:", nil), ("%(a|b)%", nil),
    ])
    func `events are found by expressions and by fields`(pattern: String, count: Int?) async throws {
        try await make()
        let messages: [JSON] = ["ERROR: took 12", "INFO: took 25", #"{"took":15}"#]
        let events = messages.map { message -> JSON in ["timestamp": now(-1), "message": message] }
        _ = try await wire.send(
            "PutLogEvents",
            ["logGroupName": "/aws/lambda/f", "logStreamName": "s", "logEvents": .array(events)])
        let query: JSON = ["logGroupName": "/aws/lambda/f", "filterPattern": .string(pattern)]
        let answer = try await wire.send("FilterLogEvents", query)
        guard let count else {
            #expect(answer["__type"]?.string?.hasSuffix("InvalidParameterException") == true)
            #expect(answer["message"]?.string?.contains(" (at character ") == true, "\(answer.text)")
            return
        }
        #expect(answer["events"]?.array?.count == count, "\(answer.text)")
    }

    @Test func `a group is described as Terraform reads it`() async throws {
        try await make()
        let week: JSON = ["logGroupName": "/aws/lambda/f", "retentionInDays": 7]
        #expect(try await wire.send("PutRetentionPolicy", week) == [:])
        let described = try await wire.send("DescribeLogGroups", ["logGroupNamePrefix": "/aws/lambda/f"])
        let found = try #require(described["logGroups"]?.array?.first)
        #expect(found["logGroupName"] == "/aws/lambda/f")
        #expect(found["retentionInDays"]?.integer == 7)
        #expect(found["arn"] == "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:*")
        #expect(found["logGroupClass"] == "STANDARD")
        let arn: JSON = ["resourceArn": "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f"]
        #expect(try await wire.send("ListTagsForResource", arn) == ["tags": ["a": "b"]])
        #expect(try await wire.send("DeleteRetentionPolicy", group) == [:])
        let kept = try await wire.send("DescribeLogGroups", [:])["logGroups"]?.array?.first
        #expect(kept?["retentionInDays"] == nil)
        #expect(try await wire.send("DescribeSubscriptionFilters", group)["subscriptionFilters"] == [])
        #expect(try await wire.send("DescribeMetricFilters", group)["metricFilters"] == [])
        #expect(try await wire.send("DeleteLogGroup", group) == [:])
        #expect(try await wire.failure("ListTagsForResource", arn) == "ResourceNotFoundException")
    }

    @Test func `tags are changed by ARN and by name`() async throws {
        try await make()
        let arn: JSON = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f"
        #expect(try await wire.send("TagResource", ["resourceArn": arn, "tags": ["c": "d"]]) == [:])
        #expect(try await wire.send("UntagResource", ["resourceArn": arn, "tagKeys": ["a"]]) == [:])
        #expect(try await wire.send("TagLogGroup", ["logGroupName": "/aws/lambda/f", "tags": ["e": "f"]]) == [:])
        #expect(try await wire.send("UntagLogGroup", ["logGroupName": "/aws/lambda/f", "tags": ["c"]]) == [:])
        #expect(try await wire.send("ListTagsLogGroup", group) == ["tags": ["e": "f"]])
    }

    @Test func `events that are put are got and filtered`() async throws {
        try await make()
        let put = try await wire.send(
            "PutLogEvents",
            [
                "logGroupName": "/aws/lambda/f", "logStreamName": "s", "sequenceToken": "whatever",
                "logEvents": [
                    ["timestamp": now(-2), "message": "START"], ["timestamp": now(-1), "message": "ERROR ü"],
                ],
            ])
        #expect(put["nextSequenceToken"] != nil)
        #expect(put["rejectedLogEventsInfo"] == nil)
        let got = try await wire.send("GetLogEvents", stream)
        #expect(got["events"]?.array?.map { $0["message"] } == ["START", "ERROR ü"])
        let token = try #require(got["nextForwardToken"])
        let again = try await wire.send(
            "GetLogEvents", ["logGroupName": "/aws/lambda/f", "logStreamName": "s", "nextToken": token])
        #expect(again["events"] == [])
        #expect(again["nextForwardToken"] == token)
        let filtered = try await wire.send(
            "FilterLogEvents", ["logGroupName": "/aws/lambda/f", "filterPattern": "ERROR", "interleaved": true])
        let event = try #require(filtered["events"]?.array?.first)
        #expect(filtered["events"]?.array?.count == 1)
        #expect(event["logStreamName"] == "s")
        #expect(event["eventId"]?.string?.utf8.count == 56)
        #expect(filtered["nextToken"] == nil)
        let streams = try await wire.send(
            "DescribeLogStreams", ["logGroupName": "/aws/lambda/f", "orderBy": "LastEventTime", "descending": true])
        #expect(streams["logStreams"]?.array?.first?["lastEventTimestamp"]?.integer == event["timestamp"]?.integer)
    }

    @Test func `pages of a filter follow each other`() async throws {
        try await make()
        let events = (0..<10).map { number -> JSON in
            ["timestamp": now(Int64(number - 100)), "message": .string("\(number)")]
        }
        _ = try await wire.send(
            "PutLogEvents",
            ["logGroupName": "/aws/lambda/f", "logStreamName": "s", "logEvents": .array(events)])
        var request: JSON = ["logGroupName": "/aws/lambda/f", "limit": 3]
        var texts: [String] = []
        while true {
            let page = try await wire.send("FilterLogEvents", request)
            texts += (page["events"]?.array ?? []).compactMap { $0["message"]?.string }
            guard let token = page["nextToken"] else { break }
            request = ["logGroupName": "/aws/lambda/f", "limit": 3, "nextToken": token]
        }
        #expect(texts == (0..<10).map(String.init))
    }

    @Test func `refusals carry AWS's codes`() async throws {
        try await make()
        let cases: [(String, JSON, String)] = [
            ("CreateLogGroup", group, "ResourceAlreadyExistsException"),
            ("CreateLogStream", stream, "ResourceAlreadyExistsException"),
            ("DeleteLogGroup", ["logGroupName": "x"], "ResourceNotFoundException"),
            ("DeleteLogStream", ["logGroupName": "/aws/lambda/f", "logStreamName": "x"], "ResourceNotFoundException"),
            ("GetLogEvents", ["logGroupName": "x", "logStreamName": "x"], "ResourceNotFoundException"),
            ("FilterLogEvents", ["logGroupName": "x"], "ResourceNotFoundException"),
            ("CreateLogGroup", ["logGroupName": "a b"], "InvalidParameterException"),
            ("CreateLogGroup", [:], "InvalidParameterException"),
            (
                "PutRetentionPolicy", ["logGroupName": "/aws/lambda/f", "retentionInDays": 2],
                "InvalidParameterException"
            ),
            (
                "FilterLogEvents", ["logGroupName": "/aws/lambda/f", "filterPattern": "a:b"],
                "InvalidParameterException"
            ),
            ("FilterLogEvents", ["logGroupName": "/aws/lambda/f", "nextToken": "???"], "InvalidParameterException"),
            ("FilterLogEvents", [:], "InvalidParameterException"),
            (
                "GetLogEvents", ["logGroupName": "/aws/lambda/f", "logStreamName": "s", "nextToken": "f/-1/0"],
                "InvalidParameterException"
            ),
            (
                "PutLogEvents",
                [
                    "logGroupName": "/aws/lambda/f", "logStreamName": "s",
                    "logEvents": [["timestamp": now(), "message": "b"], ["timestamp": now(-5), "message": "a"]],
                ], "InvalidParameterException"
            ),
            ("StartQuery", ["startTime": 0, "endTime": 1, "queryString": "x"], "UnknownOperationException"),
            (
                "FilterLogEvents", ["logGroupIdentifier": "arn:aws:logs:us-east-1:111111111111:log-group:x"],
                "AccessDeniedException"
            ),
        ]
        for (operation, body, code) in cases {
            #expect(try await wire.failure(operation, body) == code, "\(operation) \(body.text)")
        }
    }

    @Test func `old and future events are named in the answer`() async throws {
        try await make()
        let answer = try await wire.send(
            "PutLogEvents",
            [
                "logGroupName": "/aws/lambda/f", "logStreamName": "s",
                "logEvents": [
                    ["timestamp": 1, "message": "old"], ["timestamp": now(), "message": "good"],
                    ["timestamp": now(10_000_000), "message": "future"],
                ],
            ])
        #expect(
            answer["rejectedLogEventsInfo"] == ["tooOldLogEventEndIndex": 1, "tooNewLogEventStartIndex": 2])
    }

    @Test func `one account does not see another's groups`() async throws {
        try await make()
        let other = try AccountID("111111111111")
        #expect(try await wire.send("DescribeLogGroups", [:], as: other)["logGroups"] == [])
        #expect(try await wire.failure("GetLogEvents", stream, as: other) == "ResourceNotFoundException")
    }

    @Test func `a live tail begins with its session and goes on with lines`() async throws {
        try await make()
        let input: WireValue = ["logGroupIdentifiers": ["/aws/lambda/f"], "logEventFilterPattern": "ERROR"]
        var pieces = try await wire.operations.liveTail(wire.call(), input).makeAsyncIterator()
        let start = try #require(await pieces.next())
        #expect(String(decoding: start, as: UTF8.self).contains("initial-response"))
        #expect(String(decoding: start, as: UTF8.self).contains("sessionStart"))
        let id = LogStreamID(
            group: LogGroupID(account: .standard, name: try LogGroupName("/aws/lambda/f")),
            name: try LogStreamName("t"))
        wire.logs.write(Array("ERROR one".utf8), at: .now, to: id)
        wire.logs.write(Array("fine".utf8), at: .now, to: id)
        await wire.logs.flush()
        let update = String(decoding: try #require(await pieces.next()), as: UTF8.self)
        #expect(update.contains("sessionUpdate") && update.contains("ERROR one") && !update.contains("fine"))
        await #expect(throws: WireError.self) {
            try await wire.operations.liveTail(wire.call(), ["logGroupIdentifiers": ["nothing"]])
        }
    }
}
