/// An interoperable regular expression (RFC 9485), matched in time that grows with text and expression only.
struct Regexp: Hashable, Sendable {
    /// What a matching machine does next.
    enum Instruction: Hashable, Sendable {
        case character(CharacterSet)
        case split(Int, Int)
        case jump(Int)
        /// Goes on at the start of the text only, or at its end only.
        case anchor(isStart: Bool)
        case accept
    }

    let program: [Instruction]

    /// Compiles an expression; `nil` where it is none, or too large.
    init?(_ text: String) {
        var parser = RegexpParser(text)
        guard let node = parser.expression() else { return nil }
        var compiler = RegexpCompiler()
        guard let program = compiler.program(of: node) else { return nil }
        self.program = program
    }

    /// Whether the expression matches the whole text, or some part of it.
    ///
    /// `budget` is how many steps may still be taken; it falls by those taken, below zero where they did not do.
    func matches(_ text: String, whole: Bool, budget: inout Int) -> Bool {
        var current = StateList(count: program.count)
        var next = StateList(count: program.count)
        let scalars = text.unicodeScalars
        add(0, to: &current, (true, scalars.isEmpty), &budget)
        var place = scalars.startIndex
        while place < scalars.endIndex {
            if !whole, current.accepts { return true }
            if current.isEmpty, whole { return false }
            let scalar = scalars[place]
            scalars.formIndex(after: &place)
            let ends = (false, place == scalars.endIndex)
            for state in current.states {
                budget -= 1
                guard case .character(let set) = program[state], set.contains(scalar) else { continue }
                add(state + 1, to: &next, ends, &budget)
            }
            guard budget >= 0 else { return false }
            if !whole { add(0, to: &next, ends, &budget) }
            swap(&current, &next)
            next.clear()
        }
        return current.accepts
    }

    /// Adds a state and those that are reached from it without a character.
    private func add(
        _ state: Int, to list: inout StateList, _ ends: (isStart: Bool, isEnd: Bool), _ budget: inout Int
    ) {
        var waiting = [state]
        while let state = waiting.popLast() {
            guard list.insert(state) else { continue }
            budget -= 1
            switch program[state] {
            case .character: list.states.append(state)
            case .anchor(let isStart): if isStart ? ends.isStart : ends.isEnd { waiting.append(state + 1) }
            case .jump(let target): waiting.append(target)
            case .split(let first, let second): waiting += [second, first]
            case .accept: list.accepts = true
            }
        }
    }

    /// The states a machine is in at one place of the text.
    private struct StateList {
        var states: [Int] = []
        var accepts = false
        private var seen: [Bool]
        private var touched: [Int] = []

        init(count: Int) { seen = [Bool](repeating: false, count: count) }

        var isEmpty: Bool { states.isEmpty && !accepts }

        mutating func insert(_ state: Int) -> Bool {
            if seen[state] { return false }
            seen[state] = true
            touched.append(state)
            return true
        }

        mutating func clear() {
            for state in touched { seen[state] = false }
            touched.removeAll(keepingCapacity: true)
            states.removeAll(keepingCapacity: true)
            accepts = false
        }
    }
}
