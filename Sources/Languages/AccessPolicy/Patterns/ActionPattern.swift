/// What `Action` and `NotAction` list: `lambda:InvokeFunction`, `lambda:Get*`, or `*`; the case does not matter.
struct ActionPattern: Hashable, Sendable {
    /// How a statement's pattern is found from a request's action.
    enum Reach: Hashable, Sendable {
        case exact(UInt64)
        case service(UInt64)
        case everything
    }

    let text: String
    let reach: Reach
    private let glob: Glob

    /// Takes a service's prefix without wildcards, a colon and a name that may have them; or `*`.
    init?(_ text: String) {
        self.text = text
        if text.utf8.elementsEqual("*".utf8) {
            reach = .everything
            glob = Glob([Glob.anyRun])
            return
        }
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, parts[0].allSatisfy(Self.isPrefixByte),
            parts[1].allSatisfy({ Self.isPrefixByte($0) || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") })
        else { return nil }
        glob = Glob(
            text.utf8.map { byte in
                switch byte {
                case UInt8(ascii: "*"): Glob.anyRun
                case UInt8(ascii: "?"): Glob.anyOne
                default: UInt16(Bytes.lowered(byte))
                }
            })
        let action = ActionName(text)
        reach = glob.isLiteral ? .exact(action.hash) : .service(action.serviceHash)
    }

    /// The service's prefix in lower case; `nil` for `*`.
    var service: String? {
        reach == .everything ? nil : Bytes.lowered(text.prefix { $0 != ":" })
    }

    /// What every action that is meant has.
    var asked: Trigrams { Trigrams(asked: [glob.tokens]) }

    /// Whether the action is meant.
    func matches(_ action: ActionName) -> Bool { glob.matches(action.text.utf8.span, folding: true) }

    private static func isPrefixByte(_ byte: UInt8) -> Bool {
        Bytes.lowered(byte) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
    }
}

/// The action of a request, such as `lambda:InvokeFunction`, with what the index of statements looks for.
package struct ActionName: Hashable, Sendable {
    package let text: String
    /// Of the whole name, and of the service's prefix, without regard to case.
    let hash: UInt64
    let serviceHash: UInt64
    let trigrams: Trigrams

    /// Takes a service's prefix, a colon and a name.
    package init(_ text: String) {
        self.text = text
        // FNV-1a. Equal hashes only say where to look: every pattern is compared itself.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        var service = hash
        let bytes = text.utf8.span
        for index in bytes.indices {
            if bytes[index] == UInt8(ascii: ":") { service = hash }
            hash = (hash ^ UInt64(Bytes.lowered(bytes[index]))) &* 0x100_0000_01b3
        }
        self.hash = hash
        serviceHash = service
        trigrams = Trigrams(of: text.utf8)
    }
}
