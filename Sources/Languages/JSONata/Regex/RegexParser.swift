/// Reads a regular expression as ECMAScript has it and writes what is to be done.
struct RegexParser {
    let text: [Unicode.Scalar]
    var position = 0
    private(set) var groupCount = 0
    private(set) var loopCount = 0
    private var names: [String: Int] = [:]
    private var depth = 0

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    /// All of it.
    mutating func expression() throws(RegexFlaw) -> [RegexInstruction] {
        let body = try alternatives()
        guard position == text.count else { throw flaw(.unopenedGroup) }
        for instruction in body {
            if case .reference(let group) = instruction, group > groupCount { throw flaw(.noSuchGroup) }
        }
        return try resolvingNames(body) + [.accept]
    }

    private func resolvingNames(_ body: [RegexInstruction]) throws(RegexFlaw) -> [RegexInstruction] {
        var resolved = body
        for (place, instruction) in body.enumerated() {
            guard case .namedReference(let name) = instruction else { continue }
            guard let group = names[name] else { throw flaw(.noSuchGroup) }
            resolved[place] = .reference(group)
        }
        return resolved
    }

    func flaw(_ reason: RegexFlaw.Reason) -> RegexFlaw { RegexFlaw(reason: reason, offset: position) }

    func follows(_ scalar: Unicode.Scalar) -> Bool { position < text.count && text[position] == scalar }

    /// Reads over a scalar, if it is next.
    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard follows(scalar) else { return false }
        position += 1
        return true
    }

    private mutating func take(_ scalars: String) -> Bool {
        let wanted = Array(scalars.unicodeScalars)
        guard text[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    private mutating func alternatives() throws(RegexFlaw) -> [RegexInstruction] {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        var whole = branches.removeLast()
        for branch in branches.reversed() {
            whole = [.split(1, branch.count + 2)] + branch + [.jump(whole.count + 1)] + whole
            try check(whole)
        }
        return whole
    }

    private mutating func sequence() throws(RegexFlaw) -> [RegexInstruction] {
        var whole: [RegexInstruction] = []
        while position < text.count, text[position] != "|", text[position] != ")" {
            let groups = groupCount
            let isAssertion = "^$".unicodeScalars.contains(text[position])
            let part = try atom()
            whole += try repeated(part, groups: groups..<groupCount, canRepeat: !isAssertion)
            try check(whole)
        }
        return whole
    }

    private func check(_ fragment: [RegexInstruction]) throws(RegexFlaw) {
        guard fragment.count <= RegularExpression.instructionLimit else { throw flaw(.tooLarge) }
    }

    private mutating func atom() throws(RegexFlaw) -> [RegexInstruction] {
        let scalar = text[position]
        position += 1
        switch scalar {
        case ".": return [.any]
        case "^": return [.start]
        case "$": return [.end]
        case "(": return try group()
        case "[": return [.set(try characterClass())]
        case "\\": return [try escape()]
        case "*", "+", "?":
            position -= 1
            throw flaw(.nothingToRepeat)
        default: return [.scalar(scalar)]
        }
    }

    private mutating func group() throws(RegexFlaw) -> [RegexInstruction] {
        depth += 1
        defer { depth -= 1 }
        guard depth <= RegularExpression.depthLimit else { throw flaw(.tooDeep) }
        if take("?:") { return try closed() }
        for (mark, isBehind, isNegated) in [
            ("?=", false, false), ("?!", false, true), ("?<=", true, false), ("?<!", true, true),
        ] where take(mark) {
            let body = try closed()
            return [.look(isBehind: isBehind, isNegated: isNegated, length: body.count + 2)] + body + [.accept]
        }
        groupCount += 1
        let number = groupCount
        if take("?<") { try name(number) } else if follows("?") { throw flaw(.badGroup) }
        return [.save(2 * number)] + (try closed()) + [.save(2 * number + 1)]
    }

    private mutating func closed() throws(RegexFlaw) -> [RegexInstruction] {
        let body = try alternatives()
        guard take(")") else { throw flaw(.unclosedGroup) }
        return body
    }

    private mutating func name(_ number: Int) throws(RegexFlaw) { names[try name()] = number }

    /// A name with `>` behind it.
    mutating func name() throws(RegexFlaw) -> String {
        guard let end = text[position...].firstIndex(of: ">"), end > position else { throw flaw(.badGroup) }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: text[position..<end])
        position = end + 1
        return String(name)
    }

    // MARK: Repetitions

    private mutating func repeated(
        _ part: [RegexInstruction], groups: Range<Int>, canRepeat: Bool
    ) throws(RegexFlaw) -> [RegexInstruction] {
        guard let count = try counts() else { return part }
        guard canRepeat else { throw flaw(.nothingToRepeat) }
        let isLazy = take("?")
        var turn = part
        if !groups.isEmpty {
            turn.insert(.forget(2 * groups.lowerBound + 2, 2 * groups.upperBound + 2), at: 0)
        }
        let copies = count.most ?? count.least + 1
        guard copies * turn.count <= RegularExpression.instructionLimit else { throw flaw(.tooLarge) }
        var whole: [RegexInstruction] = []
        for _ in 0..<count.least { whole += turn }
        guard let most = count.most else { return whole + loop(turn, isLazy) }
        let optional = turn.count + 1
        for left in stride(from: most - count.least, to: 0, by: -1) {
            whole.append(isLazy ? .split(left * optional, 1) : .split(1, left * optional))
            whole += turn
        }
        return whole
    }

    private mutating func loop(_ turn: [RegexInstruction], _ isLazy: Bool) -> [RegexInstruction] {
        let number = loopCount
        loopCount += 1
        let body = [.beginTurn(loop: number)] + turn + [.endTurn(loop: number), .jump(-turn.count - 3)]
        let leave = body.count + 1
        return [isLazy ? .split(leave, 1) : .split(1, leave)] + body
    }

    /// How often, if something is said of it.
    private mutating func counts() throws(RegexFlaw) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let least = number() else {
            position = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            // Then the brace stands for itself.
            position = start
            return nil
        }
        guard least <= 1000, most.map({ $0 >= least && $0 <= 1000 }) != false else { throw flaw(.badCount) }
        return (least, most)
    }

    private mutating func number() -> Int? {
        let digits = text[position...].prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty else { return nil }
        position += digits.count
        return digits.count > 9 ? Int.max : digits.reduce(0) { $0 * 10 + Int($1.value) - 48 }
    }
}
