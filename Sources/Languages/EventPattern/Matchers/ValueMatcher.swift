/// One alternative that a pattern gives for a field.
enum ValueMatcher: Hashable, Sendable {
    case string([UInt8])
    /// A string that is an IP address, in whatever form it is written.
    case address(IPAddress)
    /// `true`, `false` or `null`.
    case literal([UInt8])
    /// A number, the same in value where both can be compared, else in text.
    case number([UInt8], ComparableNumber?)
    case range(NumberRange)
    case prefix([UInt8])
    case suffix([UInt8])
    case caseless(CaselessText)
    case caselessPrefix(CaselessText)
    case caselessSuffix(CaselessText)
    case wildcard(WildcardPattern)
    case block(AddressBlock)
    case exists
    case absent
    case anythingBut(Exclusion)

    /// What a value must not be.
    enum Exclusion: Hashable, Sendable {
        case strings(Set<[UInt8]>)
        case numbers(Set<ComparableNumber>)
        case prefixes(Set<[UInt8]>)
        case suffixes(Set<[UInt8]>)
        case caseless(Set<CaselessText>)
        case wildcards(Set<WildcardPattern>)

        /// The same as matchers of what is excluded.
        var excluded: [ValueMatcher] {
            switch self {
            case .strings(let texts): texts.map { .string($0) }
            case .numbers(let numbers): numbers.map { .range(NumberRange($0)) }
            case .prefixes(let texts): texts.map { .prefix($0) }
            case .suffixes(let texts): texts.map { .suffix($0) }
            case .caseless(let texts): texts.map { .caseless($0) }
            case .wildcards(let patterns): patterns.map { .wildcard($0) }
            }
        }
    }

    /// How rare matches are expected to be: what is rarest is asked first.
    var rank: Int {
        switch self {
        case .string, .address, .literal, .number: 0
        case .range, .prefix, .suffix, .caseless, .caselessPrefix, .caselessSuffix, .wildcard, .block: 1
        case .exists: 2
        case .anythingBut: 3
        case .absent: 4
        }
    }

    /// Whether one value of an event matches; that a field is absent no value can show.
    func matches(_ value: LeafValue) -> Bool {
        switch self {
        case .exists: return true
        case .absent: return false
        case .anythingBut(let exclusion): return !exclusion.excluded.contains { $0.matches(value) }
        default: break
        }
        switch value {
        case .string(let text): return matches(string: text)
        case .literal(let text): return self == .literal(text)
        case .number(let text): return matches(number: text)
        }
    }

    private func matches(string text: [UInt8]) -> Bool {
        switch self {
        case .string(let expected): text == expected
        case .address(let expected): IPAddress(text.span) == expected
        case .prefix(let prefix): text.starts(with: prefix)
        case .suffix(let suffix): text.count >= suffix.count && text.suffix(suffix.count).elementsEqual(suffix)
        case .caseless(let expected): expected.equals(text.span)
        case .caselessPrefix(let prefix): prefix.begins(text.span)
        case .caselessSuffix(let suffix): suffix.ends(text.span)
        case .wildcard(let pattern): pattern.matches(text.span)
        case .block(let block): IPAddress(text.span).map(block.contains) ?? false
        default: false
        }
    }

    private func matches(number text: [UInt8]) -> Bool {
        switch self {
        case .number(let expected, let number):
            text == expected || number.map { ComparableNumber(text.span) == $0 } ?? false
        case .range(let range): ComparableNumber(text.span).map(range.contains) ?? false
        default: false
        }
    }
}
