import Core
import Testing

@testable import Vault

@Suite struct EnvelopeTests {
    let root = RootKey()
    let text = Array("a payload".utf8)
    let place = Binding(account: .standard, resource: "function/f", use: "payload/1")

    func key(for resource: String = "function/f") -> SealingKey {
        root.makeKey(for: .standard).key.makeKey(for: resource).key
    }

    @Test func `what was sealed opens`() throws {
        let key = key()
        let envelope = key.seal(text, binding: place)
        #expect(envelope.count == text.count + SealingKey.overhead)
        #expect(try key.open(envelope, binding: place) == text)
        #expect(try key.open(key.seal([UInt8](), binding: place), binding: place) == [])
    }

    @Test func `an envelope behind other bytes is one like any other`() throws {
        let key = key()
        var bytes: [UInt8] = [1, 2, 3]
        key.seal(behind: &bytes, binding: place) { $0 += text }
        #expect(bytes.prefix(3) == [1, 2, 3] && bytes.count == 3 + text.count + SealingKey.overhead)
        #expect(try key.open(Array(bytes.dropFirst(3)), binding: place) == text)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("payload"))
    }

    @Test func `two seals of one payload have nothing in common`() throws {
        let key = key()
        let first = key.seal(text, binding: place)
        let second = key.seal(text, binding: place)
        let same = zip(first.dropFirst(), second.dropFirst()).count { $0 == $1 }
        #expect(same < 10)
    }

    @Test func `a change of any single byte is refused`() throws {
        let key = key()
        let envelope = key.seal(text, binding: place)
        for index in envelope.indices {
            var changed = envelope
            changed[index] ^= UInt8.random(in: 1...255)
            #expect(throws: EnvelopeError.self) { try key.open(changed, binding: place) }
        }
    }

    @Test func `a shorter or longer envelope is refused`() throws {
        let key = key()
        let envelope = key.seal(text, binding: place)
        for length in 0..<envelope.count {
            #expect(throws: EnvelopeError.self) { try key.open(Array(envelope.prefix(length)), binding: place) }
        }
        #expect(throws: EnvelopeError.notAuthentic) { try key.open(envelope + [0], binding: place) }
    }

    @Test func `an envelope opens only where it belongs`() throws {
        let key = key()
        let envelope = key.seal(text, binding: place)
        let others = [
            Binding(account: try AccountID("111111111111"), resource: place.resource, use: place.use),
            Binding(account: place.account, resource: "function/g", use: place.use),
            Binding(account: place.account, resource: place.resource, use: "payload/2"),
            // The same letters, cut elsewhere.
            Binding(account: place.account, resource: "function/fp", use: "ayload/1"),
        ]
        for other in others {
            #expect(throws: EnvelopeError.notAuthentic) { try key.open(envelope, binding: other) }
        }
    }

    @Test func `data keys cannot be exchanged between envelopes`() throws {
        let key = key()
        let first = key.seal(text, binding: place)
        let second = key.seal(text, binding: place)
        let mixed = second.prefix(SealingKey.headerSize) + first.dropFirst(SealingKey.headerSize)
        #expect(throws: EnvelopeError.notAuthentic) { try key.open(Array(mixed), binding: place) }
    }

    @Test func `another resource's key does not open it`() throws {
        let envelope = key().seal(text, binding: place)
        #expect(throws: EnvelopeError.notAuthentic) { try key().open(envelope, binding: place) }
    }

    @Test func `an envelope of a later version is told from a broken one`() throws {
        let key = key()
        var envelope = key.seal(text, binding: place)
        envelope[0] = 9
        #expect(throws: EnvelopeError.unknownVersion(9)) { try key.open(envelope, binding: place) }
    }
}
