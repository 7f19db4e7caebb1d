import Core
import Testing

struct HTTPCharacterTests {
    @Test func `a token is made of letters, digits and fifteen marks`() {
        let tokens = Set("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        for character in UInt8.min...UInt8.max {
            #expect(HTTPCharacter.isToken(character) == tokens.contains(character), "\(character)")
        }
    }

    @Test func `a value holds no control character but the tab`() {
        for character in UInt8.min...UInt8.max {
            let isControl = character < 0x20 && character != 0x09 || character == 0x7F
            #expect(HTTPCharacter.isText(character) == !isControl, "\(character)")
        }
    }

    @Test func `the end of a value is found wherever it lies among the eight that are looked at together`() {
        for length in 0...33 {
            for place in 0..<length {
                for character in UInt8.min...UInt8.max {
                    for filler in [0x20, 0x09, 0x7E, 0x80, 0xFF] as [UInt8] {
                        var bytes = [UInt8](repeating: filler, count: length)
                        bytes[place] = character
                        let expected = HTTPCharacter.isText(character) ? length : place
                        let start = min(place, length % 3)
                        guard HTTPCharacter.textEnd(bytes.span, from: start) != expected else { continue }
                        Issue.record("\(character) at \(place) of \(length) among \(filler)")
                    }
                }
            }
        }
    }
}
