import Core
import StatesLanguage

/// What an execution has done so far, state by state, out of its history.
struct ExecutionTrack {
    /// One visit of a state.
    struct Visit {
        let name: String
        /// The kind of state, as types of events begin with it: `Task`.
        let kind: String
        let entered: HistoryEntry
        /// The visit of the state inside of which it is.
        let parent: Int?
        var ended: Instant?
        var status = StateSight.Status.running
        /// How often what it does was begun.
        var attempts = 0
        var failures: [HistoryEntry] = []
        /// Whether what it did last has failed.
        var hasFailedLast = false
    }

    private(set) var visits: [Visit] = []
    private(set) var entries: [Int64: HistoryEntry] = [:]
    /// How it ended.
    private(set) var end: HistoryEntry?
    private(set) var start: Instant?
    private var visitOf: [Int64: Int] = [:]

    /// Takes the next event, and gives the name of the state that it is about.
    @discardableResult
    mutating func take(_ entry: HistoryEntry) -> String? {
        entries[entry.id] = entry
        if start == nil { start = entry.time }
        let before = visitOf[entry.previous]
        if entry.type.hasSuffix("StateEntered") {
            enter(entry, before)
        } else if let visit = visit(of: entry, before) {
            visitOf[entry.id] = visit
            note(entry, at: visit, before)
        }
        if entry.isEnd { finish(entry) } else if entry.type == "ExecutionRedriven" { end = nil }
        return visitOf[entry.id].map { visits[$0].name }
    }

    /// The visit that an event belongs to.
    func visit(of event: Int64) -> Int? { visitOf[event] }

    /// The state itself, and those that it is inside of.
    func chain(from visit: Int?) -> [Int] {
        var chain: [Int] = []
        var next = visit
        while let visit = next {
            chain.append(visit)
            next = visits[visit].parent
        }
        return chain
    }

    private mutating func enter(_ entry: HistoryEntry, _ before: Int?) {
        // Behind a state that has ended comes its neighbour, behind one that has not what is inside of it.
        let parent = before.flatMap { visits[$0].ended == nil ? $0 : visits[$0].parent }
        visitOf[entry.id] = visits.count
        visits.append(
            Visit(
                name: entry.details["name"]?.string ?? "?", kind: String(entry.type.dropLast("StateEntered".count)),
                entered: entry, parent: parent))
    }

    /// The event before is of the same state, or of one inside of it.
    private func visit(of entry: HistoryEntry, _ before: Int?) -> Int? {
        let name =
            entry.type.hasSuffix("StateExited") || entry.type.hasPrefix("MapIteration")
            ? entry.details["name"]?.string : nil
        let kind = ["Map", "Parallel"].first { entry.type.hasPrefix($0) }
        guard name != nil || kind != nil else { return before }
        return chain(from: before).first { place in
            (name == nil || visits[place].name == name) && (kind == nil || visits[place].kind == kind)
        } ?? before
    }

    private mutating func note(_ entry: HistoryEntry, at visit: Int, _ before: Int?) {
        guard !entry.isEnd else { return }
        if entry.isOfContainer, let before, before != visit, visits[before].ended == nil {
            close(before, .failed, entry.time)
        }
        if entry.type.hasSuffix("StateExited") {
            close(visit, visits[visit].hasFailedLast ? .caught : .succeeded, entry.time)
        } else if entry.type.hasSuffix("StateAborted") {
            close(visit, .aborted, entry.time)
        } else if entry.isFailure {
            visits[visit].failures.append(entry)
            visits[visit].hasFailedLast = true
            visits[visit].status = .retrying
            if entry.isOfContainer { abort(inside: visit, entry.time) }
        } else if entry.type.hasSuffix("Scheduled") || entry.type.hasSuffix("StateStarted") {
            visits[visit].attempts += 1
            visits[visit].hasFailedLast = false
            visits[visit].status = .running
        } else if entry.type.hasSuffix("Succeeded"), !entry.type.hasPrefix("MapIteration") {
            visits[visit].hasFailedLast = false
            visits[visit].status = .running
        }
    }

    private mutating func close(_ visit: Int, _ status: StateSight.Status, _ time: Instant) {
        visits[visit].status = status
        visits[visit].ended = time
    }

    /// What is still open inside of a state that has failed was stopped.
    private mutating func abort(inside outer: Int, _ time: Instant) {
        for visit in visits.indices where visits[visit].ended == nil && visit != outer {
            if chain(from: visit).contains(outer) { close(visit, .aborted, time) }
        }
    }

    private mutating func finish(_ entry: HistoryEntry) {
        end = entry
        let failed = entry.type == "ExecutionFailed" || entry.type == "ExecutionTimedOut"
        let chain = Set(chain(from: visitOf[entry.previous]))
        for visit in visits.indices where visits[visit].ended == nil {
            let isHit = failed && (chain.contains(visit) || visits[visit].hasFailedLast)
            close(visit, isHit ? .failed : .aborted, entry.time)
        }
    }

    /// What is seen of every state that was entered.
    func sights(at now: Instant) -> [String: StateSight] {
        var rows: [String: (open: Int, total: Int, failed: Bool, last: Int)] = [:]
        for (place, visit) in visits.enumerated() {
            var row = rows[visit.name] ?? (0, 0, false, place)
            row.total += 1
            if visit.ended == nil { row.open += 1 }
            row.failed = row.failed || visit.status == .failed
            // One that still runs is the one to look at.
            if visit.ended == nil || visits[row.last].ended != nil { row.last = place }
            rows[visit.name] = row
        }
        return rows.mapValues { row in
            let visit = visits[row.last]
            var notes = row.total > 1 ? ["\(row.total - row.open)/\(row.total)"] : []
            notes.append(Self.words(visit.entered.time, visit.ended ?? now))
            if visit.attempts > 1 { notes.append("try \(visit.attempts)") }
            let status = visit.ended != nil && row.failed ? .failed : visit.status
            return StateSight(status, note: notes.joined(separator: ", "))
        }
    }

    /// A length of time for people.
    static func words(_ from: Instant, _ to: Instant) -> String {
        let milliseconds = max(0, to.milliseconds - from.milliseconds)
        switch milliseconds {
        case ..<1000: return "\(milliseconds) ms"
        case ..<60_000: return "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<3_600_000: return "\(milliseconds / 60_000) min \(milliseconds / 1000 % 60) s"
        case ..<86_400_000: return "\(milliseconds / 3_600_000) h \(milliseconds / 60_000 % 60) min"
        default: return "\(milliseconds / 86_400_000) d \(milliseconds / 3_600_000 % 24) h"
        }
    }
}
