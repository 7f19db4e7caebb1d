import Core
import Foundation
import Testing

@Test func `an id reads as the UUID it is, and comes back from its text`() throws {
    for _ in 0..<100 {
        let id = RequestID()
        let text = id.description
        #expect(text == id.uuid.uuidString.lowercased())
        #expect(RequestID(text) == id)
        #expect(RequestID(text.uppercased()) == id)
        #expect(Array(text.utf8)[14] == UInt8(ascii: "4"))
        #expect("89ab".utf8.contains(Array(text.utf8)[19]))
    }
    #expect(RequestID("not an id") == nil)
}
