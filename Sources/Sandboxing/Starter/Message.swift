import Glibc

/// A packet on its way to the starter, with the descriptors that travel with it, which it closes in the end.
struct Message: Sendable {
    /// Descriptors that are closed when nobody needs the packet any more.
    private final class Attachment: Sendable {
        let raw: [CInt]

        init(_ raw: [CInt]) {
            self.raw = raw
        }

        deinit {
            for descriptor in raw { close(descriptor) }
        }
    }

    private(set) var bytes: [UInt8]
    private let attachment: Attachment?

    /// Takes the descriptors over.
    init(bytes: [UInt8], descriptors: [CInt] = []) {
        self.bytes = bytes
        attachment = descriptors.isEmpty ? nil : Attachment(descriptors)
    }

    /// The descriptors, lent while this value lives.
    var descriptors: [CInt] { attachment?.raw ?? [] }

    /// The same packet with a request number.
    func numbered(_ request: UInt32) -> Message {
        var copy = self
        for index in 0..<4 { copy.bytes[4 + index] = UInt8(truncatingIfNeeded: request >> (8 * index)) }
        return copy
    }
}
