import Core

/// What kind of call passes the governor; the numbers are places in its table.
package enum CallKind: Int, Sendable, CaseIterable {
    /// A function is called and answers.
    case invocation
    /// A function is called by a work item: an event, a schedule, a retry.
    case event
    /// A function calls something outside.
    case outbound
    case queue
    case topic
    case bus
    case stream
    case workflow
    case storage
    case secret
}

/// A call that wants to happen: all that the governor is told of it, none of it made for the purpose.
package struct GovernedCall: Hashable, Sendable {
    package let kind: CallKind
    /// Whose work it is: the function that is called, or that calls something outside.
    package let function: FunctionKey?
    /// The host, queue or other thing that is called, where it is no function.
    package let target: String?
    /// Where it stands in its lineage.
    package let descent: Descent
    /// Whether it was counted already when it was accepted to be done later.
    package let wasAccepted: Bool

    /// Describes a call.
    package init(
        kind: CallKind, function: FunctionKey?, target: String? = nil, descent: Descent, wasAccepted: Bool = false
    ) {
        self.kind = kind
        self.function = function
        self.target = target
        self.descent = descent
        self.wasAccepted = wasAccepted
    }

    /// A call of something outside that a function makes while it works on `cause`.
    ///
    /// Who makes it asks `Governor.admit` first, tells `charge` the bytes as they leave and `ended` the end, and ends
    /// what `watch` tells it to.
    package init(outbound host: String, by function: FunctionKey, cause: Cause) {
        self.init(kind: .outbound, function: function, target: host, descent: cause.descent)
    }

    /// Whether it counts against the budget of its lineage: moving a message does not, what comes of it does.
    var isBudgeted: Bool {
        switch kind {
        case .queue, .topic, .bus: false
        default: true
        }
    }

    package var lineage: LineageID { descent.lineage }
    var depth: Int { descent.depth }
    /// The function that its lineage began with.
    var entry: FunctionKey? { descent.entry ?? function }
}

/// What a call that was let through gives back when it ends.
package struct CallTicket: Sendable {
    let call: GovernedCall
    let began: GovernorTime
    /// Where the use of its lineage is kept; what is in flight keeps its place.
    let use: Int
    let function: ActivityPlace?
    let target: ActivityPlace?
    let lineage: ActivityPlace?
}

/// What came of a call.
package struct CallEnd: Hashable, Sendable {
    package enum Outcome: Sendable { case success, error, throttled }

    package let outcome: Outcome
    /// Bytes of the payload and the answer.
    package let bytes: Int
    /// MB of memory that were held for the call, if it ran in a sandbox.
    package let megabytes: Int
    /// Bytes that left the machine.
    package let egressBytes: Int

    /// Describes the end of a call.
    package init(_ outcome: Outcome, bytes: Int = 0, megabytes: Int = 0, egressBytes: Int = 0) {
        self.outcome = outcome
        self.bytes = bytes
        self.megabytes = megabytes
        self.egressBytes = egressBytes
    }
}

/// A time on a clock that nobody can set, in nanoseconds; a state is told it.
package struct GovernorTime: Hashable, Comparable, Sendable {
    package let nanoseconds: UInt64

    /// Takes nanoseconds since whenever.
    package init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// How long ago another time was; 0 if it is still to come.
    func since(_ other: GovernorTime) -> UInt64 {
        nanoseconds > other.nanoseconds ? nanoseconds - other.nanoseconds : 0
    }

    /// The time so much later.
    package func advanced(by duration: Duration) -> GovernorTime {
        GovernorTime(nanoseconds: nanoseconds + UInt64(max(.zero, duration) / .nanoseconds(1)))
    }

    /// Orders times.
    package static func < (left: GovernorTime, right: GovernorTime) -> Bool { left.nanoseconds < right.nanoseconds }
}
