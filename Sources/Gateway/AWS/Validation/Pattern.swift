/// A regular expression of a service model, matched against a whole text in time linear in its length.
///
/// All states are followed at once, so no value a client sends can make a match slow. Syntax: what the models use of
/// Java's expressions, which is everything but back-references.
struct Pattern: Sendable {
    /// One step of the compiled expression; targets are positions in the program.
    enum Step: Sendable {
        case character(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case wordBoundary
        case ahead(Pattern, isNegated: Bool)
        case behind(ScalarSet, isNegated: Bool)
        case match
    }

    let steps: [Step]

    /// Compiles an expression; `nil` if it uses what is not supported.
    init?(_ text: String) {
        // The models' expressions all compile, which a test holds; a future one that does not is not enforced.
        guard let steps = try? PatternCompiler.compile(text) else { return nil }
        self.steps = steps
    }

    init(steps: [Step]) { self.steps = steps }

    /// Whether the expression matches the whole text.
    func matches(_ text: String) -> Bool {
        let scalars = text.unicodeScalars.map(\.value)
        return run(scalars, from: 0, toEnd: true)
    }

    private func run(_ text: [UInt32], from start: Int, toEnd: Bool) -> Bool {
        var current = Threads(count: steps.count)
        var next = Threads(count: steps.count)
        var position = start
        add(0, to: &current, text, position)
        while true {
            if current.hasMatch, !toEnd || position == text.count { return true }
            guard position < text.count, !current.isEmpty else { return false }
            for step in current.list {
                if case .character(let set) = steps[step], set.contains(text[position]) {
                    add(step + 1, to: &next, text, position + 1)
                }
            }
            position += 1
            swap(&current, &next)
            next.clear()
        }
    }

    /// Follows a step that takes no character, until those that do.
    private func add(_ first: Int, to threads: inout Threads, _ text: [UInt32], _ position: Int) {
        var waiting = [first]
        while let step = waiting.popLast() {
            guard threads.insert(step) else { continue }
            switch steps[step] {
            case .character: threads.keep(step)
            case .match: threads.hasMatch = true
            case .jump(let target): waiting.append(target)
            case .split(let left, let right): waiting += [right, left]
            default: if holds(steps[step], text, position) { waiting.append(step + 1) }
            }
        }
    }

    private func holds(_ assertion: Step, _ text: [UInt32], _ position: Int) -> Bool {
        switch assertion {
        case .start: position == 0
        case .end: position == text.count
        case .wordBoundary:
            (position > 0 && ScalarSet.word.contains(text[position - 1]))
                != (position < text.count && ScalarSet.word.contains(text[position]))
        case .ahead(let pattern, let isNegated): pattern.run(text, from: position, toEnd: false) != isNegated
        case .behind(let set, let isNegated): (position > 0 && set.contains(text[position - 1])) != isNegated
        default: true
        }
    }
}

/// The steps a match is at; each once.
private struct Threads {
    private var generation: UInt32 = 1
    private var seen: [UInt32]
    private(set) var list: [Int] = []
    var hasMatch = false

    init(count: Int) { seen = [UInt32](repeating: 0, count: count) }

    var isEmpty: Bool { list.isEmpty }

    mutating func insert(_ step: Int) -> Bool {
        guard seen[step] != generation else { return false }
        seen[step] = generation
        return true
    }

    mutating func keep(_ step: Int) { list.append(step) }

    mutating func clear() {
        generation += 1
        list.removeAll(keepingCapacity: true)
        hasMatch = false
    }
}
