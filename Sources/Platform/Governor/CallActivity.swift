/// What happened in a span of time.
struct CallWindow: Sendable {
    var calls: UInt32 = 0
    var errors: UInt32 = 0
    var throttles: UInt32 = 0
    var bytes: UInt64 = 0
    var latency = LatencyHistogram()

    mutating func add(_ other: CallWindow) {
        calls &+= other.calls
        errors &+= other.errors
        throttles &+= other.throttles
        bytes &+= other.bytes
        latency.add(other.latency)
    }
}

/// One row of the live table: what goes on now, and what did in the last seconds.
///
/// Two windows of ten seconds follow each other; what is older is forgotten, without anybody having to come by.
struct CallActivity: Sendable {
    static let windowSeconds: UInt64 = 10
    private static let window = windowSeconds * 1_000_000_000

    private(set) var inFlight = 0
    private var number: UInt64 = 0
    private var current = CallWindow()
    private var previous = CallWindow()

    mutating func began(at now: GovernorTime) {
        turn(to: now)
        inFlight += 1
        current.calls &+= 1
    }

    mutating func ended(_ end: CallEnd, after nanoseconds: UInt64, at now: GovernorTime) {
        turn(to: now)
        inFlight -= 1
        switch end.outcome {
        case .success: break
        case .error: current.errors &+= 1
        case .throttled: current.throttles &+= 1
        }
        current.bytes &+= UInt64(max(0, end.bytes))
        current.latency.add(nanoseconds: nanoseconds)
    }

    /// A call was not let through.
    mutating func refused(at now: GovernorTime) {
        turn(to: now)
        current.throttles &+= 1
    }

    /// Takes over what is known of a row that loses its place.
    mutating func absorb(_ other: CallActivity, at now: GovernorTime) {
        turn(to: now)
        var other = other
        other.turn(to: now)
        current.add(other.current)
        previous.add(other.previous)
    }

    /// What the table shows.
    func figures(at now: GovernorTime) -> CallFigures {
        var row = self
        row.turn(to: now)
        let left = 1 - Double(now.nanoseconds % Self.window) / Double(Self.window)
        func rate(_ count: (CallWindow) -> Double) -> Double {
            (count(row.previous) * left + count(row.current)) / Double(Self.windowSeconds)
        }
        var latency = row.previous.latency
        latency.add(row.current.latency)
        return CallFigures(
            inFlight: inFlight, calls: rate { Double($0.calls) }, errors: rate { Double($0.errors) },
            throttles: rate { Double($0.throttles) }, bytes: rate { Double($0.bytes) },
            median: latency.quantile(0.5), slowest: latency.quantile(0.99))
    }

    private mutating func turn(to now: GovernorTime) {
        let wanted = now.nanoseconds / Self.window
        guard wanted > number else { return }
        previous = wanted == number + 1 ? current : CallWindow()
        current = CallWindow()
        number = wanted
    }
}

/// What the live table says of one function, target, kind or lineage; rates are of a second.
package struct CallFigures: Hashable, Sendable {
    package let inFlight: Int
    package let calls: Double
    package let errors: Double
    /// Calls that were refused or throttled.
    package let throttles: Double
    package let bytes: Double
    /// The time within which half of the calls ended, over the last ten to twenty seconds.
    package let median: Duration?
    /// The same for 99 of 100.
    package let slowest: Duration?
}
