import Core
import Platform
import StatesLanguage

/// The live picture of an execution.
struct ExecutionView {
    private let title: String
    private let picture: WorkflowPicture?
    private var screen = LiveScreen()

    /// Takes an execution's ARN, and its machine as the API has it.
    init(_ arn: String, _ machine: JSON) {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        title = parts.suffix(2).joined(separator: ":")
        picture = machine["definition"]?.string.flatMap(Self.graph).map { WorkflowPicture($0, isFollowed: true) }
    }

    /// The graph of a definition; nothing where this program cannot read it.
    static func graph(_ definition: String) -> Graph? {
        // Whoever holds the machine could read it; without its picture its events are still told.
        (try? StateMachine(parsing: definition, jsonata: .stepFunctions)).map { Graph(of: $0) }
    }

    /// Draws what is seen at a time.
    mutating func show(_ track: ExecutionTrack, at now: Instant) {
        let size = Terminal.size
        screen.show(
            lines(track, at: now, columns: max(20, size.columns - 1), rows: size.rows).map {
                Terminal.isColoured ? $0.coloured : $0.text
            })
    }

    /// Leaves the last picture where it is.
    func end() { screen.end() }

    /// A heading, as much of the picture as there are rows for, and what the marks mean.
    func lines(_ track: ExecutionTrack, at now: Instant, columns: Int, rows: Int) -> [PictureLine] {
        let signs = picture?.signs ?? .here
        var heading = PictureLine()
        heading.append(Terminal.harmless(title), .name)
        let status = Self.status(track.end)
        heading.append("  \(status.words)", .seen(status.sight, isName: true))
        if let start = track.start {
            heading.append("  \(ExecutionTrack.words(start, track.end?.time ?? now))", .plain)
        }
        if let error = track.end?.error {
            heading.append("  \(Terminal.harmless(error))", .seen(.failed, isName: false))
        }
        var legend = PictureLine()
        for status in StateSight.Status.allCases {
            legend.append("\(status.mark(signs)) \(status.rawValue)  ", .seen(status, isName: false))
        }
        let all = picture?.lines(columns: columns, sights: track.sights(at: now)) ?? []
        let shown = WorkflowPicture.window(all, rows: max(1, rows - 4))
        return [heading.cut(to: columns), PictureLine()] + shown + [legend.cut(to: columns)]
    }

    private static func status(_ end: HistoryEntry?) -> (words: String, sight: StateSight.Status) {
        switch end?.type {
        case nil: ("RUNNING", .running)
        case "ExecutionSucceeded": ("SUCCEEDED", .succeeded)
        case "ExecutionAborted": ("ABORTED", .aborted)
        case "ExecutionTimedOut": ("TIMED OUT", .failed)
        default: ("FAILED", .failed)
        }
    }
}
