/// Beginnings of texts and wildcards, byte by byte; many tries in one place.
///
/// A trie node may lead on by a byte, and by an asterisk to a node that reads on and on. Reading a text keeps the set of
/// nodes it may be at: one, until asterisks come in.
struct ByteTrie: Sendable {
    /// A node: what is accepted there, and the first of the nodes behind it.
    struct Node: Sendable {
        /// Accepted whatever follows; -1 for nothing.
        var prefixes: Int32 = -1
        /// Accepted where the text ends; -1 for nothing.
        var wholes: Int32 = -1
        /// The node behind an asterisk; -1 where there is none.
        var asterisk: Int32 = -1
        fileprivate var byte: UInt8 = 0
        /// The bytes that lead on.
        fileprivate(set) var bytes = Bytes()
        /// The node behind `byte`; -1 where no byte leads on.
        fileprivate var next: Int32 = -1
    }

    /// A set of bytes by their lowest six bits: most bytes that are not in it need not be looked up.
    struct Bytes: Sendable {
        private var bits: UInt64 = 0

        mutating func insert(_ byte: UInt8) { bits |= 1 << UInt64(byte & 63) }

        mutating func formUnion(_ other: Bytes) { bits |= other.bits }

        @inline(__always)
        func mayContain(_ byte: UInt8) -> Bool { bits >> UInt64(byte & 63) & 1 == 1 }
    }

    var nodes: [Node] = []
    /// The nodes behind bytes other than the first one of a node.
    private var others = PairTable()

    /// A new trie.
    mutating func addRoot() -> Int32 {
        nodes.append(Node())
        return Int32(nodes.count - 1)
    }

    /// The node behind a byte; -1 where there is none.
    @inline(__always)
    func next(_ node: Int32, _ byte: UInt8) -> Int32 {
        let here = nodes[Int(node)]
        if here.next >= 0, here.byte == byte { return here.next }
        guard here.bytes.mayContain(byte) else { return -1 }
        return others.find(UInt64(truncatingIfNeeded: node), UInt64(byte))
    }

    /// The node behind a text, which is added where it is new.
    mutating func add(_ text: some Sequence<UInt8>, from root: Int32) -> Int32 {
        var node = root
        for byte in text {
            var next = next(node, byte)
            if next < 0 {
                next = addRoot()
                nodes[Int(node)].bytes.insert(byte)
                if nodes[Int(node)].next < 0 {
                    (nodes[Int(node)].byte, nodes[Int(node)].next) = (byte, next)
                } else {
                    others.set(UInt64(truncatingIfNeeded: node), UInt64(byte), to: next)
                }
            }
            node = next
        }
        return node
    }

    /// The node behind an asterisk, which is added where it is new.
    mutating func addAsterisk(from node: Int32) -> Int32 {
        if nodes[Int(node)].asterisk < 0 {
            let next = addRoot()
            nodes[Int(node)].asterisk = next
        }
        return nodes[Int(node)].asterisk
    }
}
