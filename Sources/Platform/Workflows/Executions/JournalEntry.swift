import Core
import StatesLanguage

/// Something that happened to an execution, as it is kept: all entries in order bring the execution to where it was.
///
/// The layout is fixed: a version byte, the kind, the time, the number of the work, and texts behind their lengths.
struct JournalEntry: Sendable {
    /// What happened.
    enum Event: Sendable {
        case occurred(Occurrence)
        /// The execution went on after much had happened.
        case resumed
        /// It went on after it had failed, timed out or been stopped.
        case redriven
    }

    enum Fault: Error, Equatable { case unknownVersion(UInt8), unknownKind(UInt8), malformed }

    let event: Event
    let time: Instant

    private static let version: UInt8 = 1

    init(_ event: Event, at time: Instant) {
        self.event = event
        self.time = time
    }

    init(_ bytes: [UInt8]) throws {
        var reader = FieldReader(bytes[...])
        let version = try reader.byte()
        guard version == Self.version else { throw Fault.unknownVersion(version) }
        let kind = try reader.byte()
        time = Instant(milliseconds: try reader.number())
        let work = Int(try reader.number() as UInt32)
        func value(_ text: String) throws -> JSON {
            try JSON(parsing: text, maximumDepth: LanguageLimits.payloadDepth + 1)
        }
        let first = try reader.optionalText()
        let second = try reader.optionalText()
        guard let kind = Kind(rawValue: kind) else { throw Fault.unknownKind(kind) }
        event =
            switch kind {
            case .resumed: .resumed
            case .taskStarted: .occurred(.taskStarted(work: work, worker: first))
            case .taskSubmitted: .occurred(.taskSubmitted(work: work, output: try value(first ?? "")))
            case .taskSucceeded: .occurred(.taskSucceeded(work: work, output: try value(first ?? "")))
            case .taskFailed: .occurred(.taskFailed(work: work, error: first, cause: second))
            case .taskTimedOut: .occurred(.taskTimedOut(work: work, error: first ?? "", cause: second))
            case .timerFired: .occurred(.timerFired(work: work))
            case .mapRunStarted: .occurred(.mapRunStarted(work: work, arn: first ?? ""))
            case .mapRunSucceeded: .occurred(.mapRunSucceeded(work: work, output: try value(first ?? "")))
            case .mapRunFailed: .occurred(.mapRunFailed(work: work, error: first, cause: second))
            case .aborted: .occurred(.aborted(error: first, cause: second))
            case .mapRunRedriven:
                .occurred(.mapRunRedriven(work: work, arn: first ?? "", count: Int(second ?? "") ?? 0))
            case .redriven: .redriven
            case .heartbeatMissed: .occurred(.heartbeatMissed(work: work))
            }
    }

    /// The bytes to be sealed.
    var bytes: [UInt8] {
        let (kind, work, first, second) = parts
        var output: [UInt8] = [Self.version, kind.rawValue]
        output.append(bigEndian: UInt64(bitPattern: time.milliseconds))
        output.append(bigEndian: UInt32(clamping: work))
        for text in [first, second] {
            output.append(text == nil ? 0 : 1)
            if let text { WorkItem.append(text.utf8, to: &output) }
        }
        return output
    }

    private enum Kind: UInt8 {
        case resumed, taskStarted, taskSubmitted, taskSucceeded, taskFailed, taskTimedOut, timerFired, mapRunStarted
        case mapRunSucceeded, mapRunFailed, aborted, mapRunRedriven, redriven, heartbeatMissed
    }

    private var parts: (kind: Kind, work: Int, first: String?, second: String?) {
        let occurrence: Occurrence
        switch event {
        case .resumed: return (.resumed, 0, nil, nil)
        case .redriven: return (.redriven, 0, nil, nil)
        case .occurred(let one): occurrence = one
        }
        return switch occurrence {
        case .taskStarted(let work, let worker): (.taskStarted, work, worker, nil)
        case .taskSubmitted(let work, let output): (.taskSubmitted, work, output.text, nil)
        case .taskSucceeded(let work, let output): (.taskSucceeded, work, output.text, nil)
        case .taskFailed(let work, let error, let cause): (.taskFailed, work, error, cause)
        case .taskTimedOut(let work, let error, let cause): (.taskTimedOut, work, error, cause)
        case .heartbeatMissed(let work): (.heartbeatMissed, work, nil, nil)
        case .timerFired(let work): (.timerFired, work, nil, nil)
        case .mapRunStarted(let work, let arn): (.mapRunStarted, work, arn, nil)
        case .mapRunSucceeded(let work, let output): (.mapRunSucceeded, work, output.text, nil)
        case .mapRunFailed(let work, let error, let cause): (.mapRunFailed, work, error, cause)
        case .aborted(let error, let cause): (.aborted, 0, error, cause)
        case .mapRunRedriven(let work, let arn, let count): (.mapRunRedriven, work, arn, String(count))
        }
    }
}

extension FieldReader {
    /// A text behind a byte that says whether there is one.
    fileprivate mutating func optionalText() throws(WorkItem.Fault) -> String? {
        try byte() == 0 ? nil : try text()
    }
}

extension Occurrence {
    /// The work that it is about; the end of the whole is about none.
    var work: Int? {
        switch self {
        case .taskStarted(let work, _), .taskSubmitted(let work, _), .taskSucceeded(let work, _),
            .taskFailed(let work, _, _), .taskTimedOut(let work, _, _), .heartbeatMissed(let work),
            .timerFired(let work), .mapRunStarted(let work, _), .mapRunRedriven(let work, _, _),
            .mapRunSucceeded(let work, _), .mapRunFailed(let work, _, _):
            work
        case .aborted: nil
        }
    }

    /// Whether time was over before the work was.
    var isLate: Bool {
        switch self {
        case .taskTimedOut, .heartbeatMissed: true
        default: false
        }
    }

    /// Whether the work is over with it.
    var isLast: Bool {
        switch self {
        case .taskStarted, .taskSubmitted, .mapRunStarted, .mapRunRedriven: false
        default: true
        }
    }
}
