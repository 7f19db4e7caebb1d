/// Turns a regular expression into a program, with a bound on its size and on the work it takes.
struct RegexpCompiler {
    private var program: [Regexp.Instruction] = []
    private var work = 0

    /// The program of a whole expression; `nil` where it would be too large.
    mutating func program(of node: RegexpNode) -> [Regexp.Instruction]? {
        guard emit(node) else { return nil }
        program.append(.accept)
        return program
    }

    private mutating func emit(_ node: RegexpNode) -> Bool {
        work += 1
        guard work <= PathLimits.program * 4, program.count < PathLimits.program else { return false }
        switch node {
        case .character(let set): program.append(.character(set))
        case .anchor(let isStart): program.append(.anchor(isStart: isStart))
        case .sequence(let parts):
            for part in parts where !emit(part) { return false }
        case .choice(let branches): return emitChoice(branches)
        case .repetition(let part, let least, let most):
            for _ in 0..<least where !emit(part) { return false }
            guard let most else { return emitLoop(part) }
            return emitOptional(part, most - least)
        }
        return true
    }

    private mutating func emitChoice(_ branches: [RegexpNode]) -> Bool {
        var jumps: [Int] = []
        for (place, branch) in branches.enumerated() {
            guard place + 1 < branches.count else {
                guard emit(branch) else { return false }
                break
            }
            let split = program.count
            program.append(.split(split + 1, 0))
            guard emit(branch) else { return false }
            jumps.append(program.count)
            program.append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        for jump in jumps { program[jump] = .jump(program.count) }
        return true
    }

    private mutating func emitLoop(_ part: RegexpNode) -> Bool {
        let split = program.count
        program.append(.split(split + 1, 0))
        guard emit(part) else { return false }
        program.append(.jump(split))
        program[split] = .split(split + 1, program.count)
        return true
    }

    private mutating func emitOptional(_ part: RegexpNode, _ count: Int) -> Bool {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(program.count)
            program.append(.split(program.count + 1, 0))
            guard emit(part) else { return false }
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
        return true
    }
}
