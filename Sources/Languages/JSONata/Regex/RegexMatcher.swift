/// Matches an expression at places of a text, on a stack of its own.
struct RegexMatcher {
    private let expression: RegularExpression
    private let subject: Subject
    private let meter: Meter
    private var captures: [Int]
    private var turns: [Int]
    private var stack: [Entry] = []
    private var highest = 0

    /// What to do when something fails.
    private enum Entry {
        case resume(instruction: Int, position: Int)
        case restoreCapture(Int, Int)
        case restoreTurn(Int, Int)
    }

    init(_ expression: RegularExpression, on subject: Subject, meter: Meter) {
        self.expression = expression
        self.subject = subject
        self.meter = meter
        captures = Array(repeating: -1, count: 2 * expression.groupCount + 2)
        turns = Array(repeating: -1, count: expression.loopCount)
    }

    /// The first match that begins at or behind a place.
    mutating func first(from start: Int) throws(JSONataError) -> RegexMatch? {
        guard start <= subject.scalars.count else { return nil }
        for place in start...subject.scalars.count {
            if case .scalar(let wanted) = expression.instructions[0], !expression.ignoresCase {
                guard place < subject.scalars.count, subject.scalars[place] == wanted else {
                    try meter.step()
                    continue
                }
            }
            try meter.step(1 + captures.count / 16)
            for slot in captures.indices { captures[slot] = -1 }
            stack.removeAll(keepingCapacity: true)
            if let end = try run(from: 0, at: place, endingAt: nil) { return match(place..<end) }
        }
        return nil
    }

    private func match(_ range: Range<Int>) -> RegexMatch {
        let groups = (1...max(1, expression.groupCount)).prefix(expression.groupCount).map { group -> Range<Int>? in
            let (start, end) = (captures[2 * group], captures[2 * group + 1])
            return start >= 0 && end >= start ? start..<end : nil
        }
        return RegexMatch(range: range, groups: Array(groups))
    }

    /// Where it ends, if it does; what it took stays captured.
    private mutating func run(
        from first: Int, at place: Int, endingAt wanted: Int?
    ) throws(JSONataError) -> Int? {
        let floor = stack.count
        var (next, position) = (first, place)
        while true {
            try meter.step()
            let instruction = expression.instructions[next]
            if case .accept = instruction, wanted == nil || wanted == position {
                dropBranches(above: floor)
                return position
            }
            if try advance(instruction, &next, &position) { continue }
            guard backtrack(to: floor, &next, &position) else { return nil }
        }
    }

    /// Does one instruction; false if it fails.
    private mutating func advance(
        _ instruction: RegexInstruction, _ next: inout Int, _ position: inout Int
    ) throws(JSONataError) -> Bool {
        switch instruction {
        case .scalar, .any, .set:
            if case .set(let set) = instruction { try meter.step(set.cost) }
            guard position < subject.scalars.count, matches(instruction, subject.scalars[position]) else {
                return false
            }
            position += 1
        case .start: guard isStart(position) else { return false }
        case .end: guard isEnd(position) else { return false }
        case .wordBoundary(let isNegated):
            guard (isWord(position - 1) != isWord(position)) != isNegated else { return false }
        case .split(let first, let second):
            try push(.resume(instruction: next + second, position: position))
            next += first
            return true
        case .jump(let offset):
            next += offset
            return true
        case .save(let slot): try capture(slot, position)
        case .forget(let first, let end):
            try meter.step((end - first) / 16)
            for slot in first..<end where captures[slot] >= 0 { try capture(slot, -1) }
        case .beginTurn(let loop):
            try push(.restoreTurn(loop, turns[loop]))
            turns[loop] = position
        case .endTurn(let loop): guard turns[loop] != position else { return false }
        case .reference(let group): guard try takesAgain(group, &position) else { return false }
        case .look(let isBehind, let isNegated, let length):
            guard try looks(isBehind, from: next + 1, at: position, keeps: !isNegated) != isNegated else {
                return false
            }
            next += length
            return true
        case .accept, .namedReference: return false
        }
        next += 1
        return true
    }

    private func matches(_ instruction: RegexInstruction, _ scalar: Unicode.Scalar) -> Bool {
        switch instruction {
        case .scalar(let wanted):
            scalar == wanted || expression.ignoresCase && scalar.foldedCase == wanted.foldedCase
        case .any: !ScalarSet.lineEnds.contains(scalar)
        case .set(let set): set.contains(scalar, ignoringCase: expression.ignoresCase)
        default: false
        }
    }

    private func isStart(_ position: Int) -> Bool {
        position == 0 || expression.hasLines && ScalarSet.lineEnds.contains(subject.scalars[position - 1])
    }

    private func isEnd(_ position: Int) -> Bool {
        position == subject.scalars.count
            || expression.hasLines && ScalarSet.lineEnds.contains(subject.scalars[position])
    }

    private func isWord(_ position: Int) -> Bool {
        subject.scalars.indices.contains(position) && ScalarSet.word.contains(subject.scalars[position])
    }

    /// Whether what a group captured stands here once more; a group that captured nothing always does.
    private func takesAgain(_ group: Int, _ position: inout Int) throws(JSONataError) -> Bool {
        let (start, end) = (captures[2 * group], captures[2 * group + 1])
        guard start >= 0, end > start else { return true }
        try meter.step(end - start)
        guard position + end - start <= subject.scalars.count else { return false }
        for place in start..<end {
            guard matches(.scalar(subject.scalars[place]), subject.scalars[position]) else { return false }
            position += 1
        }
        return true
    }

    /// Whether what stands at an instruction is ahead of the place, or behind it.
    private mutating func looks(
        _ isBehind: Bool, from first: Int, at position: Int, keeps: Bool
    ) throws(JSONataError) -> Bool {
        let floor = stack.count
        var found = false
        if isBehind {
            for start in stride(from: position, through: 0, by: -1) where !found {
                found = try run(from: first, at: start, endingAt: position) != nil
            }
        } else {
            found = try run(from: first, at: position, endingAt: nil) != nil
        }
        if found, !keeps {
            var (next, place) = (0, 0)
            _ = backtrack(to: floor, &next, &place)
        }
        return found
    }

    // MARK: The stack

    private mutating func push(_ entry: Entry) throws(JSONataError) {
        stack.append(entry)
        guard stack.count > highest else { return }
        highest = stack.count
        try meter.charge(MemoryLayout<Entry>.stride)
    }

    private mutating func capture(_ slot: Int, _ position: Int) throws(JSONataError) {
        try push(.restoreCapture(slot, captures[slot]))
        captures[slot] = position
    }

    /// Undoes up to the last place where there is another way; false if there is none above the floor.
    private mutating func backtrack(to floor: Int, _ next: inout Int, _ position: inout Int) -> Bool {
        while stack.count > floor, let entry = stack.popLast() {
            switch entry {
            case .resume(let instruction, let place):
                (next, position) = (instruction, place)
                return true
            case .restoreCapture(let slot, let old): captures[slot] = old
            case .restoreTurn(let loop, let old): turns[loop] = old
            }
        }
        return false
    }

    /// Forgets the other ways of what has matched, and keeps what undoes it.
    private mutating func dropBranches(above floor: Int) {
        var kept = floor
        for place in floor..<stack.count {
            if case .resume = stack[place] { continue }
            stack[kept] = stack[place]
            kept += 1
        }
        stack.removeLast(stack.count - kept)
    }
}
