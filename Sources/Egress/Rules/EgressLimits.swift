import Core
import NIOCore

/// How much one policy may use of the way out.
package struct EgressLimits: Hashable, Sendable {
    /// Requests, tunnels and connections to services that may begin in a second.
    package var requestsPerSecond = 1000
    /// Connections to the outside at one time.
    package var connections = 256
    /// Bytes that one call may send.
    package var bytesOut: Int64 = 1 << 40
    /// Bytes that one call may receive.
    package var bytesIn: Int64 = 1 << 40
    /// How long a connection to the outside may last.
    package var connectionTime = TimeAmount.hours(1)
    /// How long nothing may pass on a connection.
    package var idleTime = TimeAmount.seconds(300)

    /// Has the standard values.
    package init() {}

    /// Reads an object with any of the members, times in milliseconds.
    package init(_ json: JSON) throws(EgressRuleError) {
        guard let object = json.object else { throw .notAnObject }
        for member in object.members {
            guard let value = member.value.integer, value > 0, value <= 1 << 50 else {
                throw .badLimit(member: member.key)
            }
            switch member.key {
            case "requestsPerSecond": requestsPerSecond = Int(value)
            case "connections": connections = Int(value)
            case "bytesOut": bytesOut = value
            case "bytesIn": bytesIn = value
            case "connectionMilliseconds": connectionTime = try Self.time(member.key, value)
            case "idleMilliseconds": idleTime = try Self.time(member.key, value)
            default: throw .unknown(member: member.key)
            }
        }
    }

    private static func time(_ member: String, _ value: Int64) throws(EgressRuleError) -> TimeAmount {
        guard value <= 366 * 86_400_000 else { throw .badLimit(member: member) }
        return .milliseconds(value)
    }

    /// Which of the limits was hit.
    package enum Limit: String, Sendable {
        case requestsPerSecond = "requests-per-second"
        case connections
        case bytesOut = "bytes-out"
        case bytesIn = "bytes-in"
        case connectionTime = "connection-time"
        case idleTime = "idle-time"
    }
}
