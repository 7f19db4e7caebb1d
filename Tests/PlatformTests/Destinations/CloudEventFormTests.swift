import Core
import Testing

@testable import Platform

struct CloudEventFormTests {
    private static let event = #"""
        {"version":"0","id":"i","detail-type":"t","source":"s","account":"1","time":"2026-11-20T12:00:00Z","region":"r",
        "resources":[],"detail":{"a":"é"}}
        """#
    private static let arrived = #"""
        {"id":"i","detail-type":"t","source":"s","time":"2026-11-20T12:00:00Z",
        "cloudevents":{"id":"mine","specversion":"1.0","subject":"a b\"é","datacontenttype":"text/plain"},
        "detail":{"data":"hello"}}
        """#

    private func form(_ name: String, _ value: String) -> CloudEventForm? {
        var added = AddedParameters()
        added.headers = [.init(name: name, value: value)]
        return CloudEventForm(headers: added)
    }

    @Test func `headers of the target say whether and how`() {
        #expect(form("Content-Type", "application/cloudevents+json; charset=utf-8") == .structured)
        #expect(form("ce-SpecVersion", "1.0") == .binary)
        #expect(form("ce-specversion", "0.3") == nil)
        #expect(form("Content-Type", "application/json") == nil)
    }

    @Test func `structured, all of it is in the body`() throws {
        let made = try #require(CloudEventForm.structured.made(of: Array(Self.event.utf8)))
        let event = try JSON(parsing: made.body)
        let expected: JSON = [
            "specversion": "1.0", "id": "i", "source": "s", "type": "t", "time": "2026-11-20T12:00:00Z",
            "datacontenttype": "application/json", "data": ["a": "é"],
        ]
        #expect(event == expected)
    }

    @Test func `binary, the data is the body and all else is in headers`() throws {
        let made = try #require(CloudEventForm.binary.made(of: Array(Self.event.utf8)))
        #expect(String(decoding: made.body, as: UTF8.self) == #"{"a":"é"}"#)
        let headers = made.headers(in: AddedParameters()).headers
        #expect(headers.first == .init(name: "Content-Type", value: "application/json"))
        #expect(headers.contains(.init(name: "ce-type", value: "t")))
    }

    @Test func `what came as a CloudEvent leaves as the same`() throws {
        let binary = try #require(CloudEventForm.binary.made(of: Array(Self.arrived.utf8)))
        #expect(String(decoding: binary.body, as: UTF8.self) == "hello")
        let headers = binary.headers(in: AddedParameters()).headers
        #expect(headers.contains(.init(name: "ce-id", value: "mine")))
        #expect(headers.contains(.init(name: "ce-subject", value: "a%20b%22%C3%A9")))
        #expect(headers.contains(.init(name: "Content-Type", value: "text/plain")))
        let structured = try #require(CloudEventForm.structured.made(of: Array(Self.arrived.utf8)))
        let event = try JSON(parsing: structured.body)
        #expect(event["data"] == "hello")
    }

    @Test(arguments: ["", "[]", "{}", #"{"id":"i"}"#])
    func `what is no event stays as it is`(_ text: String) {
        #expect(CloudEventForm.structured.made(of: Array(text.utf8)) == nil)
    }
}
