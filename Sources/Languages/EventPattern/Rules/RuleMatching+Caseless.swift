/// Text without case: found by its folded form, decided by the pattern itself.
extension RuleAutomaton {
    func lookUpCaseless(
        _ text: Span<UInt8>, isASCII: Bool, _ number: Int32, _ question: FieldQuestion, _ scratch: inout MatchScratch
    ) {
        guard
            question.kinds.contains(.caselessTexts) || question.caselessBeginnings >= 0
                || question.caselessEndings >= 0
        else { return }
        fold(text, isASCII: isASCII, &scratch)
        let folded = scratch.folded
        if question.kinds.contains(.caselessTexts) {
            let list = texts.find(
                TextKind.caseless.owner(number), hash(folded.span), folded.span)
            follow(list, &scratch) { $0.equals(text) }
        }
        if question.caselessBeginnings >= 0 {
            var node = question.caselessBeginnings
            follow(tries.nodes[Int(node)].prefixes, &scratch) { $0.begins(text) }
            for byte in folded {
                node = tries.next(node, byte)
                guard node >= 0 else { break }
                follow(tries.nodes[Int(node)].prefixes, &scratch) { $0.begins(text) }
            }
        }
        if question.caselessEndings >= 0 {
            var node = question.caselessEndings
            follow(tries.nodes[Int(node)].prefixes, &scratch) { $0.ends(text) }
            for byte in folded.reversed() {
                node = tries.next(node, byte)
                guard node >= 0 else { break }
                follow(tries.nodes[Int(node)].prefixes, &scratch) { $0.ends(text) }
            }
        }
    }

    private func fold(_ text: Span<UInt8>, isASCII: Bool, _ scratch: inout MatchScratch) {
        guard isASCII else {
            scratch.folded = CaselessText.fold(text)
            return
        }
        scratch.folded.removeAll(keepingCapacity: true)
        for place in text.indices {
            let byte = text[place]
            scratch.folded.append(byte &- 0x41 < 26 ? byte | 0x20 : byte)
        }
    }

    /// Goes where those targets lead whose own texts agree.
    private func follow(_ list: Int32, _ scratch: inout MatchScratch, where agrees: (CaselessText) -> Bool) {
        var list = list
        while list >= 0 {
            let target = targets[Int(list)]
            list = target.next
            if agrees(caseless[Int(target.text)]) { follow(target, &scratch) }
        }
    }
}
