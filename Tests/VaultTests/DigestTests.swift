import Testing

@testable import Vault

@Suite struct DigestTests {
    @Test func `the digest of known texts is the published one`() {
        #expect(
            SHA256Digest.hex(of: "") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256Digest.hex(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func `all ways to feed a digest agree`() {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
        var builder = SHA256Digest.Builder()
        builder.update(Array(bytes[..<77]))
        unsafe bytes[77...].withUnsafeBytes { unsafe builder.update($0) }
        let whole = SHA256Digest(of: bytes)
        #expect(builder.finish() == whole)
        let inPlace = unsafe bytes.withUnsafeBytes { unsafe SHA256Digest(of: $0) }
        #expect(inPlace == whole)
        #expect(Hex.bytes(of: whole.hex.utf8) == whole.bytes)
    }

    @Test func `an incremental digest can be read and fed further`() {
        var builder = SHA256Digest.Builder()
        builder.update(Array("ab".utf8))
        _ = builder.finish()
        builder.update(Array("c".utf8))
        #expect(builder.finish() == SHA256Digest(of: "abc"))
    }

    @Test func `hexadecimal text with anything else in it is refused`() {
        #expect(Hex.bytes(of: "0g".utf8) == nil)
        #expect(Hex.bytes(of: "012".utf8) == nil)
        #expect(Hex.bytes(of: "aF00".utf8) == [0xaf, 0])
    }
}
