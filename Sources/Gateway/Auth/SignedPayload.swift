import NIOCore
import Vault

/// How the body of a request is bound to its signature: what stands for it in the canonical request.
package struct SignedPayload: Sendable {
    package enum Kind: Equatable, Sendable {
        /// By its hash, which was checked.
        case whole
        /// Not at all: S3 alone allows that.
        case unsigned
        /// Chunk by chunk, each of which is still to be checked (S3); the text is the `x-amz-content-sha256`.
        case chunked(String)
    }

    private(set) var kind = Kind.whole
    private(set) var text: [UInt8] = []

    static let unsigned = "UNSIGNED-PAYLOAD"
    private static let empty = Array("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".utf8)

    /// Finds what was signed for the body, and whether that is this body.
    mutating func check(
        _ claim: SignatureClaim, _ request: RequestText, body: ByteBuffer?, service: String
    ) throws(AuthenticationError) {
        kind = .whole
        text.removeAll(keepingCapacity: true)
        if service == "s3", let substitute = Self.substitute(claim, request) {
            kind = substitute == Self.unsigned ? .unsigned : .chunked(substitute)
            text.append(substitute.utf8Span.span)
            return
        }
        if let body, body.readableBytes > 0 {
            SHA256Digest(of: body.readableBytesUInt8Span).appendHex(to: &text)
        } else {
            text.append(contentsOf: Self.empty)
        }
        guard claim.payload.isEmpty || ASCII.equal(request.bytes.span.extracting(claim.payload), text.span) else {
            throw .bodyMismatch
        }
    }

    /// What S3's clients write in the place of a hash; a presigned request need not even write it.
    private static func substitute(_ claim: SignatureClaim, _ request: RequestText) -> String? {
        guard !claim.payload.isEmpty else { return claim.lifetime == nil ? nil : unsigned }
        let text = request.text(claim.payload)
        return text == unsigned || text.hasPrefix("STREAMING-") ? text : nil
    }
}
