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

/// A function of an account, as the governor tells functions apart.
///
/// Its hash is made once: whoever calls a function again and again keeps the key.
package struct FunctionKey: Hashable, Sendable {
    package let account: AccountID
    package let name: FunctionName
    private let hash: Int

    /// Names a function.
    package init(account: AccountID, name: FunctionName) {
        self.account = account
        self.name = name
        var hasher = Hasher()
        hasher.combine(account)
        hasher.combine(name)
        hash = hasher.finalize()
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(hash) }

    /// Whether both are the same function.
    package static func == (left: FunctionKey, right: FunctionKey) -> Bool {
        left.hash == right.hash && left.name == right.name && left.account == right.account
    }
}

/// A call that wants to happen: all that the governor is told of it, none of it made for the purpose.
package struct GovernedCall: Hashable, Sendable {
    package let kind: CallKind
    /// Whose work it is: the function that is called, or that calls something outside.
    package let function: FunctionKey?
    /// The host, queue or other thing that is called, where it is no function.
    package let target: String?
    package let lineage: LineageID
    /// How many calls lie between this one and the outside event that caused it.
    ///
    /// It is carried along with the lineage, in work items too, so that it is right even where all else was forgotten.
    package let depth: Int

    /// Describes a call.
    package init(kind: CallKind, function: FunctionKey?, target: String? = nil, lineage: LineageID, depth: Int) {
        self.kind = kind
        self.function = function
        self.target = target
        self.lineage = lineage
        self.depth = depth
    }
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
