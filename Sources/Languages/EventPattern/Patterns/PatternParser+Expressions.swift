extension PatternParser {
    /// An object that is one alternative of a field; its brace has been read.
    mutating func expression() throws(PatternFlaw) -> ValueMatcher {
        guard case .name(let bytes) = try tokens.next() else { throw .nameless("Match") }
        let name = String(decoding: bytes, as: UTF8.self)
        switch name {
        case "exactly": return .string(try onlyString("exact"))
        case "prefix", "suffix": return try affix(isPrefix: name == "prefix", name)
        case "equals-ignore-case": return .caseless(CaselessText(try onlyString(name)))
        case "wildcard":
            let pattern = try WildcardPattern(parsing: try string(name))
            try end(.moreThanOneKey)
            return .wildcard(pattern)
        case "numeric": return try numeric()
        case "anything-but": return try anythingBut()
        case "exists": return try exists()
        case "cidr":
            let block = try AddressBlock(parsing: try string("prefix"))
            try end(.moreThanOneKey)
            return .block(block)
        default: throw .unknownMatchType(name)
        }
    }

    private mutating func affix(isPrefix: Bool, _ name: String) throws(PatternFlaw) -> ValueMatcher {
        switch try tokens.next() {
        case .string(let text):
            try end(.moreThanOneKey)
            return isPrefix ? .prefix(text) : .suffix(text)
        case .objectStart:
            guard case .name(let inner) = try tokens.next() else { throw .nameless(isPrefix ? "Prefix" : "Suffix") }
            guard inner == Array("equals-ignore-case".utf8) else {
                throw .unsupported(String(decoding: inner, as: UTF8.self), in: name)
            }
            let text = CaselessText(try onlyString("equals-ignore-case"))
            try end(.moreThanOneKey)
            return isPrefix ? .caselessPrefix(text) : .caselessSuffix(text)
        default: throw .notString(name)
        }
    }

    private mutating func exists() throws(PatternFlaw) -> ValueMatcher {
        guard case .literal(let word) = try tokens.next(), word != Array("null".utf8) else { throw .badExists }
        try end(.moreThanOneKey)
        return word == Array("true".utf8) ? .exists : .absent
    }

    /// A string, and the end of the object that it is the only member of.
    private mutating func onlyString(_ what: String) throws(PatternFlaw) -> [UInt8] {
        let text = try string(what)
        try end(.moreThanOneKey)
        return text
    }

    private mutating func string(_ what: String) throws(PatternFlaw) -> [UInt8] {
        guard case .string(let text) = try tokens.next() else { throw .notString(what) }
        return text
    }

    private mutating func end(_ otherwise: PatternFlaw) throws(PatternFlaw) {
        guard try tokens.next() == .objectEnd else { throw otherwise }
    }
}

// MARK: - Numbers

extension PatternParser {
    private mutating func numeric() throws(PatternFlaw) -> ValueMatcher {
        guard try tokens.next() == .arrayStart else { throw .numericNotArray }
        let first = try tokens.next()
        guard case .string(let name) = first else { throw .badNumericMember(first.text) }
        let range: NumberRange?
        switch String(decoding: name, as: UTF8.self) {
        case "=":
            range = NumberRange(try number("equals"))
            try closeNumeric()
        case "<", "<=":
            range = NumberRange(
                above: nil,
                below: (try number(String(decoding: name, as: UTF8.self)), name == Array("<".utf8)))
            try closeNumeric()
        case ">", ">=":
            range = try rangeUpwards(
                from: (try number(String(decoding: name, as: UTF8.self)), name == Array(">".utf8)))
        default: throw .unknownNumericOperator(String(decoding: name, as: UTF8.self))
        }
        guard let range else { throw .emptyRange }
        try end(.tooManyElements)
        return .range(range)
    }

    private mutating func closeNumeric() throws(PatternFlaw) {
        guard try tokens.next() == .arrayEnd else { throw .tooManyElements }
    }

    private mutating func rangeUpwards(
        from above: (number: ComparableNumber, isOpen: Bool)
    ) throws(PatternFlaw) -> NumberRange? {
        let token = try tokens.next()
        if token == .arrayEnd { return NumberRange(above: above, below: nil) }
        guard case .string(let bytes) = token else { throw .badRangeValue(token.text) }
        let name = String(decoding: bytes, as: UTF8.self)
        guard name == "<" || name == "<=" else { throw .unknownRangeOperator(name) }
        let top = try number(name)
        guard try tokens.next() == .arrayEnd else { throw .tooManyTerms }
        return NumberRange(above: above, below: (top, name == "<"))
    }

    private mutating func number(_ what: String) throws(PatternFlaw) -> ComparableNumber {
        guard case .number(let text) = try tokens.next() else { throw .notNumeric(what) }
        return try comparable(text)
    }

    private func comparable(_ text: [UInt8]) throws(PatternFlaw) -> ComparableNumber {
        guard let number = ComparableNumber(text.span) else {
            throw .notComparable(String(decoding: text, as: UTF8.self))
        }
        return number
    }
}

// MARK: - Anything but

extension PatternParser {
    private mutating func anythingBut() throws(PatternFlaw) -> ValueMatcher {
        let token = try tokens.next()
        let exclusion: ValueMatcher.Exclusion
        switch token {
        case .objectStart:
            exclusion = try namedExclusion()
            try end(.tooManyElements)
        case .arrayStart: exclusion = try listedExclusion()
        case .string(let text): exclusion = .strings([text])
        case .number(let text):
            // The one flaw of a number that the service says no place of.
            timesPlaced = 0
            exclusion = .numbers([try comparable(text)])
            timesPlaced = 1
        default: throw .badAnythingBut
        }
        try end(.tooManyElements)
        return .anythingBut(exclusion)
    }

    private mutating func listedExclusion() throws(PatternFlaw) -> ValueMatcher.Exclusion {
        var texts: Set<[UInt8]> = []
        var numbers: Set<ComparableNumber> = []
        timesPlaced = 2
        reading: while true {
            switch try tokens.next() {
            case .arrayEnd: break reading
            case .string(let text): texts.insert(text)
            case .number(let text):
                timesPlaced = 1
                numbers.insert(try comparable(text))
                timesPlaced = 2
            default: throw .badAnythingButElement
            }
        }
        timesPlaced = 1
        guard texts.isEmpty != numbers.isEmpty else { throw .mixedAnythingBut }
        return numbers.isEmpty ? .strings(texts) : .numbers(numbers)
    }

    private mutating func namedExclusion() throws(PatternFlaw) -> ValueMatcher.Exclusion {
        guard case .name(let bytes) = try tokens.next() else { throw .nameless("Anything-But") }
        let name = String(decoding: bytes, as: UTF8.self)
        guard ["prefix", "suffix", "equals-ignore-case", "wildcard"].contains(name) else {
            throw .unsupported(name, in: "anything-but")
        }
        let texts = try excludedTexts(name)
        switch name {
        case "prefix": return .prefixes(texts)
        case "suffix": return .suffixes(texts)
        case "equals-ignore-case": return .caseless(Set(texts.map(CaselessText.init)))
        default:
            var patterns: Set<WildcardPattern> = []
            for text in texts { patterns.insert(try WildcardPattern(parsing: text)) }
            return .wildcards(patterns)
        }
    }

    private mutating func excludedTexts(_ name: String) throws(PatternFlaw) -> Set<[UInt8]> {
        switch try tokens.next() {
        case .arrayStart: break
        case .string(let text): return [try excluded(.string(text), name)]
        case .number(let text): return [try excluded(.number(text), name)]
        default: throw .badAnythingBut
        }
        timesPlaced = 2
        var texts: Set<[UInt8]> = []
        while true {
            let token = try tokens.next()
            if token == .arrayEnd { break }
            texts.insert(try excluded(token, name))
        }
        timesPlaced = 1
        return texts
    }

    private func excluded(_ token: PatternToken, _ name: String) throws(PatternFlaw) -> [UInt8] {
        guard case .string(let text) = token else {
            switch name {
            case "equals-ignore-case": throw .badCaselessElement
            case "wildcard": throw .notString(name)
            default: throw .notString("prefix/suffix")
            }
        }
        if text.isEmpty, name == "prefix" || name == "suffix" { throw .emptyAffix }
        return text
    }
}
