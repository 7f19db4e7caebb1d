/// Which tags who asks may have, by the hashes of their keys.
///
/// A thousand that they do not have are told apart without being looked for. That a tag may be there says nothing yet.
package struct TagFilter: Sendable {
    private var bits: InlineArray<16, UInt64>

    /// Of somebody whose tags are not known: there may be any.
    package static let unknown = TagFilter(bits: InlineArray(repeating: .max))

    private init(bits: InlineArray<16, UInt64>) { self.bits = bits }

    /// The tags of several sources, all of which count.
    package init(_ tags: [PrincipalTags]) {
        bits = InlineArray(repeating: 0)
        for tags in tags {
            for hash in tags.hashes { bits[Self.word(hash)] |= Self.bit(hash) }
        }
    }

    /// Whether a tag may be there.
    @inline(__always)
    func mayHave(_ hash: UInt64) -> Bool { bits[Self.word(hash)] & Self.bit(hash) != 0 }

    private static func word(_ hash: UInt64) -> Int { Int(hash >> 6 & 15) }

    private static func bit(_ hash: UInt64) -> UInt64 { 1 << (hash & 63) }
}
