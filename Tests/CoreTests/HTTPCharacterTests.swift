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
}
