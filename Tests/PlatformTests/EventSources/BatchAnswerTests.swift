import Core
import Testing

@testable import Platform

@Suite struct BatchAnswerTests {
    @Test(arguments: ["", " ", "null", "{}", #"{"batchItemFailures":[]}"#, #"{"batchItemFailures":null}"#, #"{"a":1}"#])
    func `these say that nothing has failed`(_ text: String) {
        #expect(BatchAnswer(Array(text.utf8), to: ["a"]) == .failed([]))
    }

    @Test(arguments: [
        "x", "[]", "7", #""ok""#, "{", #"{"batchItemFailures":{}}"#, #"{"batchItemFailures":[{}]}"#,
        #"{"batchItemFailures":["a"]}"#, #"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
        #"{"batchItemFailures":[{"itemIdentifier":""}]}"#, #"{"batchItemFailures":[{"itemIdentifier":7}]}"#,
        #"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"z"}]}"#,
        #"{"batchItemFailures":[{"id":"a"}]}"#,
    ])
    func `these say nothing that can be relied on`(_ text: String) {
        #expect(BatchAnswer(Array(text.utf8), to: ["a", "b"]) == .malformed)
    }

    @Test func `failures are named by their messages`() {
        let text = #"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"a"}],"more":1}"#
        #expect(BatchAnswer(Array(text.utf8), to: ["a", "b"]) == .failed(["a"]))
    }

    @Test func `an answer that nests endlessly is malformed`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(BatchAnswer(Array(text.utf8), to: ["a"]) == .malformed)
    }
}
