import Core
import NIOCore

@testable import Gateway
@testable import Platform

extension FuzzTarget {
    /// What functions answer to batches and to requests at their URLs, such requests, and what of a message is sealed.
    static let triggers = [batchAnswers, urlAnswers, urlRequests, messageContents]

    private static let batchAnswers = FuzzTarget(
        "batch-answers",
        texts: [
            #"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"b","x":[1]}]}"#, "null",
            #"{"batchItemFailures":null}"#, #"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
        ]
    ) { bytes in
        let ids: Set<String> = ["a", "b", "c"]
        guard case .failed(let failed) = BatchAnswer(bytes, to: ids) else { return }
        require(failed.isSubset(of: ids), "a message failed that is in no batch")
    }

    private static let urlAnswers = FuzzTarget(
        "url-answers",
        texts: [
            #"{"statusCode":200,"headers":{"X-A":"1","n":7},"cookies":["a=1"],"body":"eA==","isBase64Encoded":true}"#,
            #"{"statusCode":"404"}"#, #""text""#, #"{"a":[1,2]}"#,
        ]
    ) { bytes in
        guard let answer = FunctionURLAnswer(bytes) else { return }
        require((200...599).contains(answer.status))
        for header in answer.headers {
            require(!header.name.isEmpty && header.name.utf8.allSatisfy(HTTPCharacter.isToken), "no header's name")
        }
        var reply = HTTPReply(HTTPStatus(answer.status), body: ByteBuffer(bytes: answer.body))
        for header in answer.headers { reply.add(name: header.name, header.value) }
        let head = reply.bytes(withBody: false).readableBytesView
        let lines = head.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // The status line, each header, the length if there is one, the empty line, and what follows it.
        require(lines.count - answer.headers.count <= 4, "a header became two")
    }

    private static let urlRequests = FuzzTarget(
        "url-requests",
        texts: [
            "GET /_url/\(String(repeating: "a", count: 32))/a%20b?x=1&x=2&%zz HTTP/1.1\r\nHost: h:1\r\nCookie: a; b=c\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: \(String(repeating: "a", count: 32)).lambda-url.us-east-1.x\r\nA: b\r\nA: c\r\n\r\n",
            "GET /_url/x HTTP/1.1\r\nHost: \r\n\r\n",
        ]
    ) { bytes in
        var framing: RequestFraming?
        guard let head = accepted({ try RequestText(parsing: bytes.span, framing: &framing) }),
            let target = FunctionURLTarget(head, region: .standard)
        else { return }
        require(target.path.hasPrefix("/"), "a path without a beginning")
        let request = HTTPRequest(head: head, body: ByteBuffer(bytes: bytes), caller: .anyone)
        let event = FunctionURLEvent.bytes(
            request, target, by: .anonymous(.standard), accessKey: nil, at: Instant(milliseconds: 0))
        guard let parsed = accepted({ try JSON(parsing: event) }) else { return require(false, "an event is no JSON") }
        require(parsed["headers"]?["cookie"] == nil && parsed["version"] == "2.0")
    }

    private static let messageContents = FuzzTarget(
        "message-contents",
        seeds: [
            MessageContent(
                body: [1, 2], bodyMD5: "m",
                attributes: [MessageAttribute(name: "a", type: "String", value: .text("x"))],
                traceHeader: "t", sender: "s", group: "g", deduplication: "d", descent: Descent(depth: 2)
            ).bytes
        ]
    ) { bytes in
        guard let content = accepted({ () throws(WorkItem.Fault) in try MessageContent(bytes) }) else { return }
        let again = accepted { () throws(WorkItem.Fault) in try MessageContent(content.bytes) }
        require(again?.bytes == content.bytes, "a message changes")
    }
}
