/// Why there are no rules for a time zone.
package enum ZoneFlaw: Error, Hashable, Sendable {
    case badName(String)
    /// The machine has no zone files at all.
    case noZones(folder: String)
    case unknown(ZoneName)
    /// The file is no TZif file of version 2 or later, or breaks its rules at this byte.
    case malformed(byte: Int)
    case tooLarge(limit: Int)
}

extension ZoneFlaw: CustomStringConvertible {
    /// What is wrong and what to do, in one sentence.
    package var description: String {
        switch self {
        case .badName(let name): "'\(name)' is no name of a time zone; give one such as Europe/Paris or UTC"
        case .noZones(let folder):
            "this machine has no time zone files in \(folder); install the package tzdata (apt-get install tzdata)"
        case .unknown(let name): "there is no time zone '\(name)' on this machine"
        case .malformed(let byte): "the time zone's file is broken at byte \(byte); install the package tzdata again"
        case .tooLarge(let limit): "the time zone's file has more than \(limit) bytes; install the package tzdata again"
        }
    }
}
