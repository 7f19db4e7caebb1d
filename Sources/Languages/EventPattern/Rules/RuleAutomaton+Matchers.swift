/// How texts are looked up in the one table of them.
enum TextKind: Int32 {
    case string
    case literal
    case number
    case caseless

    /// What owns the texts of a kind at a question.
    @inline(__always)
    func owner(_ question: Int32) -> Int32 { question << 2 | rawValue }
}

extension RuleAutomaton {
    /// Adds one alternative of a field, or one value that an exclusion is about.
    mutating func add(
        _ matcher: ValueMatcher, to question: Int32, leadingTo step: Int32, exclusion: Int32
    ) {
        let link = { (automaton: inout RuleAutomaton, list: Int32, text: Int32) in
            automaton.targets.append(RuleTarget(step: step, exclusion: exclusion, text: text, next: list))
            return Int32(automaton.targets.count - 1)
        }
        let place = Int(question)
        switch matcher {
        case .string(let text): add(text, .string, question, link)
        case .literal(let text): add(text, .literal, question, link)
        case .number(_, let number?): add(number, question, link)
        case .number(let text, nil): add(text, .number, question, link)
        case .range(let range) where range.low == range.high:
            addOrdinal(range.low, question, link)
        case .range(let range):
            questions[place].kinds.insert(.ranges)
            addRange(\.numbers, question, UInt128(range.low), UInt128(range.high), link)
        case .address(let address):
            questions[place].kinds.insert(.addresses)
            addRange(address.isIPv4 ? \.addresses4 : \.addresses6, question, address.bits, address.bits, link)
        case .block(let block):
            questions[place].kinds.insert(.addresses)
            addRange(block.isIPv4 ? \.addresses4 : \.addresses6, question, block.low, block.high, link)
        case .prefix(let text): addPrefix(text, \.beginnings, question, text: -1, link)
        case .suffix(let text): addPrefix(text.reversed(), \.endings, question, text: -1, link)
        case .caseless, .caselessPrefix, .caselessSuffix: addCaseless(matcher, question, link)
        case .wildcard(let pattern): add(pattern, question, link)
        case .exists: questions[place].any = link(&self, questions[place].any, -1)
        case .absent: break
        case .anythingBut(let excluded):
            exclusions.append(RuleExclusion(step: step, next: questions[place].exclusion))
            let number = Int32(exclusions.count - 1)
            questions[place].exclusion = number
            for matcher in excluded.excluded { add(matcher, to: question, leadingTo: step, exclusion: number) }
        }
    }

    /// Puts a target before a list; takes the number of a text without case, or -1.
    private typealias Link = (inout RuleAutomaton, Int32, Int32) -> Int32

    private mutating func add(_ text: [UInt8], _ kind: TextKind, _ question: Int32, _ link: Link) {
        questions[Int(question)].kinds.insert(.texts)
        let owner = kind.owner(question)
        let hashed = hash(text.span)
        let list = link(&self, texts.find(owner, hashed, text.span), -1)
        texts.update(owner, hashed, text.span) { _ in list }
    }

    private mutating func add(_ number: ComparableNumber, _ question: Int32, _ link: Link) {
        addOrdinal(number.ordinal, question, link)
    }

    private mutating func addOrdinal(_ ordinal: UInt64, _ question: Int32, _ link: Link) {
        questions[Int(question)].kinds.insert(.numbers)
        let list = link(&self, numbers.find(UInt64(question), ordinal), -1)
        numbers.set(UInt64(question), ordinal, to: list)
    }

    private mutating func addRange(
        _ root: WritableKeyPath<FieldQuestion, Int32>, _ question: Int32, _ low: UInt128, _ high: UInt128, _ link: Link
    ) {
        guard low <= high else { return }
        let added = Int32(targets.count)
        var list: Int32 = -1
        ranges.update(&questions[Int(question)][keyPath: root], low, high) { known in
            list = known
            return added
        }
        _ = link(&self, list, -1)
    }

    private mutating func addPrefix(
        _ prefix: [UInt8], _ root: WritableKeyPath<FieldQuestion, Int32>, _ question: Int32, text: Int32, _ link: Link
    ) {
        let node = tries.add(prefix, from: trie(root, question))
        tries.nodes[Int(node)].prefixes = link(&self, tries.nodes[Int(node)].prefixes, text)
    }

    private mutating func trie(_ root: WritableKeyPath<FieldQuestion, Int32>, _ question: Int32) -> Int32 {
        questions[Int(question)].kinds.insert(.tries)
        if questions[Int(question)][keyPath: root] < 0 { questions[Int(question)][keyPath: root] = tries.addRoot() }
        return questions[Int(question)][keyPath: root]
    }

    private mutating func addCaseless(_ matcher: ValueMatcher, _ question: Int32, _ link: Link) {
        let number = Int32(caseless.count)
        switch matcher {
        case .caseless(let text):
            caseless.append(text)
            questions[Int(question)].kinds.insert(.caselessTexts)
            let owner = TextKind.caseless.owner(question)
            let hashed = hash(text.folded.span)
            let list = link(&self, texts.find(owner, hashed, text.folded.span), number)
            texts.update(owner, hashed, text.folded.span) { _ in list }
        case .caselessPrefix(let text):
            caseless.append(text)
            addPrefix(text.folded, \.caselessBeginnings, question, text: number, link)
        case .caselessSuffix(let text):
            caseless.append(text)
            addPrefix(text.folded.reversed(), \.caselessEndings, question, text: number, link)
        default: break
        }
    }

    /// With one asterisk at an end, a wildcard is a beginning or an ending.
    private mutating func add(_ pattern: WildcardPattern, _ question: Int32, _ link: Link) {
        let pieces = pattern.pieces
        if pieces.count == 1 { return add(pieces[0], .string, question, link) }
        if pieces.count == 2, pieces[0].isEmpty {
            return addPrefix(pieces[1].reversed(), \.endings, question, text: -1, link)
        }
        var node = trie(\.beginnings, question)
        for (number, piece) in pieces.enumerated() {
            let isLast = number == pieces.count - 1
            if number > 0, !isLast || !piece.isEmpty { node = tries.addAsterisk(from: node) }
            node = tries.add(piece, from: node)
        }
        if pieces.last?.isEmpty == true {
            tries.nodes[Int(node)].prefixes = link(&self, tries.nodes[Int(node)].prefixes, -1)
        } else {
            tries.nodes[Int(node)].wholes = link(&self, tries.nodes[Int(node)].wholes, -1)
        }
    }
}
