/// The ports of a rule, as ranges.
package struct PortSet: Hashable, Sendable {
    package let ranges: [ClosedRange<Port>]

    /// Takes ranges; an empty list has no port.
    package init(_ ranges: [ClosedRange<Port>]) { self.ranges = ranges }

    /// Takes single ports.
    package init(_ ports: Port...) { ranges = ports.map { $0...$0 } }

    /// The port that is meant where none is written.
    var standard: Port? { ranges.first?.lowerBound }

    /// Whether a port is one of them.
    package func contains(_ port: Port) -> Bool { ranges.contains { $0.contains(port) } }

    /// Parses `443` or `8000-8100`.
    static func range(_ text: String) -> ClosedRange<Port>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let first = Port(parts[0]), let last = Port(parts[parts.count - 1]),
            first <= last
        else { return nil }
        return first...last
    }
}
