/// Finds the rules that one event matches.
///
/// Each step of the rules is looked at once at most, and its questions only where the event has their fields. What is
/// found so may still mix values of several array elements; `ArrayConsistency` decides about those branches.
extension RuleAutomaton {
    /// Leaves the numbers of the rules that match, of which these are the patterns, in the scratch.
    func match(
        _ event: [UInt8], _ patterns: [EventPattern], _ scratch: inout MatchScratch
    ) throws(EventError) {
        let bytes = try scratch.reader.read(event, tree)
        scratch.work = 0
        scratch.rules.removeAll(keepingCapacity: true)
        scratch.open.removeAll(keepingCapacity: true)
        scratch.steps.clear(steps.count)
        scratch.ruleMarks.clear(patterns.count)
        scratch.open.append(0)
        while let step = scratch.open.popLast() {
            try collect(step, bytes.span, patterns, &scratch)
            lookUp(step, bytes.span, &scratch)
        }
    }

    /// Takes the rules that end at a step.
    private func collect(
        _ step: Int32, _ source: Span<UInt8>, _ patterns: [EventPattern], _ scratch: inout MatchScratch
    ) throws(EventError) {
        var number = steps[Int(step)].branch
        guard number >= 0 else { return }
        let needsConsistency = scratch.reader.values.hasElements && mayMixElements(step, scratch)
        while number >= 0 {
            let branch = branches[Int(number)]
            number = branch.next
            guard branch.rule >= 0, !scratch.ruleMarks.contains(branch.rule) else { continue }
            if needsConsistency {
                let pattern = patterns[Int(branch.rule)].branches[Int(branch.number)]
                let consistency = ArrayConsistency(scratch.reader.values, tree)
                guard try consistency.allows(pattern, source, &scratch.work) else { continue }
            }
            if scratch.ruleMarks.insert(branch.rule) { scratch.rules.append(branch.rule) }
        }
    }

    /// Whether more than one field up to a step has values in arrays of objects, or one that may be absent.
    private func mayMixElements(_ step: Int32, _ scratch: borrowing MatchScratch) -> Bool {
        var step = step
        var count = 0
        while step > 0 {
            let here = steps[Int(step)]
            if scratch.reader.values.hasElements(in: here.field) { count += here.mayBeAbsent ? 2 : 1 }
            step = here.before
        }
        return count > 1
    }

    /// Follows the step's questions, and the fields that may be absent.
    private func lookUp(_ number: Int32, _ source: Span<UInt8>, _ scratch: inout MatchScratch) {
        let step = steps[Int(number)]
        var absence = step.absence
        while absence >= 0 {
            let absent = absences[Int(absence)]
            absence = absent.next
            if mayLack(absent.field, scratch) { reach(absent.step, &scratch) }
        }
        let fields = scratch.reader.values.fields.count
        if Int(step.questionCount) <= fields {
            var question = step.question
            while question >= 0 {
                ask(question, source, &scratch)
                question = questions[Int(question)].next
            }
        } else {
            for place in 0..<fields {
                let field = scratch.reader.values.fields[place]
                let question = questionOf.find(UInt64(number), UInt64(field))
                if question >= 0 { ask(question, source, &scratch) }
            }
        }
    }

    /// A value outside of all arrays of objects is there whatever else is chosen.
    private func mayLack(_ field: Int32, _ scratch: borrowing MatchScratch) -> Bool {
        var number = scratch.reader.values.lastValue(of: field)
        while number >= 0 {
            let value = scratch.reader.values.values[Int(number)]
            if value.element == 0 { return false }
            number = value.previous
        }
        return true
    }

    private func ask(_ question: Int32, _ source: Span<UInt8>, _ scratch: inout MatchScratch) {
        var number = scratch.reader.values.lastValue(of: questions[Int(question)].field)
        while number >= 0 {
            let value = scratch.reader.values.values[Int(number)]
            if value.isDecoded {
                // The match adds nothing to the decoded texts, so that they may be lent.
                let decoded = scratch.reader.values.decoded
                let range = value.start..<(value.start + value.count)
                look(up: decoded.span.extracting(range), value, question, &scratch)
            } else {
                look(up: source.extracting(value.start..<(value.start + value.count)), value, question, &scratch)
            }
            number = value.previous
        }
    }

    private func look(
        up text: Span<UInt8>, _ value: EventValues.Value, _ number: Int32, _ scratch: inout MatchScratch
    ) {
        let question = questions[Int(number)]
        if question.exclusion >= 0 { scratch.failed.clear(exclusions.count) }
        switch value.kind {
        case .string: look(upString: text, isASCII: value.isASCII, number, question, &scratch)
        case .number: look(upNumber: text, number, question, &scratch)
        case .literal:
            if question.kinds.contains(.texts) { follow(text, .literal, number, &scratch) }
        }
        follow(question.any, &scratch)
        var exclusion = question.exclusion
        while exclusion >= 0 {
            let excluded = exclusions[Int(exclusion)]
            if !scratch.failed.contains(exclusion) { reach(excluded.step, &scratch) }
            exclusion = excluded.next
        }
    }

    private func look(
        upNumber text: Span<UInt8>, _ number: Int32, _ question: FieldQuestion, _ scratch: inout MatchScratch
    ) {
        if question.kinds.contains(.texts) { follow(text, .number, number, &scratch) }
        guard !question.kinds.isDisjoint(with: [.numbers, .ranges]), let comparable = ComparableNumber(text) else {
            return
        }
        if question.kinds.contains(.numbers) {
            follow(numbers.find(UInt64(number), comparable.ordinal), &scratch)
        }
        if question.kinds.contains(.ranges) { follow(question.numbers, UInt128(comparable.ordinal), &scratch) }
    }

    private func look(
        upString text: Span<UInt8>, isASCII: Bool, _ number: Int32, _ question: FieldQuestion,
        _ scratch: inout MatchScratch
    ) {
        if question.kinds.contains(.texts) { follow(text, .string, number, &scratch) }
        if question.kinds.contains(.addresses), let address = IPAddress(text) {
            follow(address.isIPv4 ? question.addresses4 : question.addresses6, address.bits, &scratch)
        }
        if question.beginnings >= 0 { walk(text, from: question.beginnings, &scratch) }
        if question.endings >= 0 { walkBackwards(text, from: question.endings, &scratch) }
        lookUpCaseless(text, isASCII: isASCII, number, question, &scratch)
    }

    private func follow(_ text: Span<UInt8>, _ kind: TextKind, _ question: Int32, _ scratch: inout MatchScratch) {
        follow(texts.find(kind.owner(question), hash(text), text), &scratch)
    }

    private func follow(_ ranges: Int32, _ number: UInt128, _ scratch: inout MatchScratch) {
        guard ranges >= 0 else { return }
        scratch.found.removeAll(keepingCapacity: true)
        self.ranges.find(ranges, number, &scratch.found)
        for place in scratch.found.indices { follow(scratch.found[place], &scratch) }
    }
}

// MARK: - Targets

extension RuleAutomaton {
    /// Goes where a list of targets leads.
    @inline(__always)
    private func follow(_ list: Int32, _ scratch: inout MatchScratch) {
        var list = list
        while list >= 0 {
            let target = targets[Int(list)]
            list = target.next
            follow(target, &scratch)
        }
    }

    @inline(__always)
    func follow(_ target: RuleTarget, _ scratch: inout MatchScratch) {
        if target.exclusion >= 0 {
            _ = scratch.failed.insert(target.exclusion)
        } else {
            reach(target.step, &scratch)
        }
    }

    @inline(__always)
    private func reach(_ step: Int32, _ scratch: inout MatchScratch) {
        guard steps[Int(step)].uses > 0, scratch.steps.insert(step) else { return }
        scratch.open.append(step)
    }
}

// MARK: - Beginnings, endings and wildcards

extension RuleAutomaton {
    /// Reads a text from its beginning, from all nodes at once that asterisks make it be at.
    private func walk(_ text: Span<UInt8>, from root: Int32, _ scratch: inout MatchScratch) {
        var (node, place) = (root, 0)
        while tries.nodes[Int(node)].asterisk < 0 {
            let here = tries.nodes[Int(node)]
            if here.prefixes >= 0 { follow(here.prefixes, &scratch) }
            guard place < text.count else { return follow(here.wholes, &scratch) }
            node = tries.next(node, text[place])
            guard node >= 0 else { return }
            place += 1
        }
        walk(text, from: node, at: place, &scratch)
    }

    /// The rest of a text from a node on that an asterisk follows.
    private func walk(_ text: Span<UInt8>, from node: Int32, at start: Int, _ scratch: inout MatchScratch) {
        // Taken out of the scratch, which the targets of nodes change too.
        var (nodes, next, asterisks): ([Int32], [Int32], [Int32]) = ([], [], [])
        swap(&nodes, &scratch.nodes)
        swap(&next, &scratch.nextNodes)
        swap(&asterisks, &scratch.asterisks)
        next.removeAll(keepingCapacity: true)
        asterisks.removeAll(keepingCapacity: true)
        scratch.trieNodes.clear(tries.nodes.count)
        // The bytes that lead on from any of the asterisks.
        var bytes = ByteTrie.Bytes()
        arrive(at: node, &next, &asterisks, &bytes, &scratch)
        for place in start..<text.count {
            let byte = text[place]
            let isAwaited = bytes.mayContain(byte)
            if next.isEmpty, !isAwaited { continue }
            swap(&nodes, &next)
            next.removeAll(keepingCapacity: true)
            // An asterisk that is reached by this byte is at work from the next one on.
            let atWork = isAwaited ? asterisks.count : 0
            for node in nodes {
                let behind = tries.next(node, byte)
                if behind >= 0 { arrive(at: behind, &next, &asterisks, &bytes, &scratch) }
            }
            for index in 0..<atWork {
                let behind = tries.next(asterisks[index], byte)
                if behind >= 0 { arrive(at: behind, &next, &asterisks, &bytes, &scratch) }
            }
        }
        for node in next { follow(tries.nodes[Int(node)].wholes, &scratch) }
        swap(&nodes, &scratch.nodes)
        swap(&next, &scratch.nextNodes)
        swap(&asterisks, &scratch.asterisks)
    }

    /// Accepts what a node accepts; an asterisk behind it is reached once and never left.
    @inline(__always)
    private func arrive(
        at node: Int32, _ nodes: inout [Int32], _ asterisks: inout [Int32], _ bytes: inout ByteTrie.Bytes,
        _ scratch: inout MatchScratch
    ) {
        let here = tries.nodes[Int(node)]
        if here.prefixes >= 0 { follow(here.prefixes, &scratch) }
        nodes.append(node)
        if here.asterisk >= 0, scratch.trieNodes.insert(here.asterisk) {
            asterisks.append(here.asterisk)
            bytes.formUnion(tries.nodes[Int(here.asterisk)].bytes)
        }
    }

    /// Reads a text from its end.
    private func walkBackwards(_ text: Span<UInt8>, from root: Int32, _ scratch: inout MatchScratch) {
        var node = root
        var place = text.count
        while node >= 0 {
            follow(tries.nodes[Int(node)].prefixes, &scratch)
            guard place > 0 else { return }
            place -= 1
            node = tries.next(node, text[place])
        }
    }
}
