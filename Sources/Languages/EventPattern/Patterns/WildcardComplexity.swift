/// How many beginnings of wildcards one value may match at a time, at worst.
///
/// The criterion of the reference engine: of all sets of places in which reading a value can stand at once, the
/// largest; a place before an asterisk counts twice, because it is also one behind it. The service refuses a field
/// above its limit. Sets are enumerated up to a bound, above which a field counts as too intricate.
struct WildcardComplexity {
    private(set) var isWithinLimit = true

    /// A byte of a wildcard, or an asterisk; the quotation marks of the string belong to it.
    private static let asterisk = -1
    private static let maximumSets = 2_000

    /// A place in the wildcards: what leads on from it.
    private struct Place {
        var steps: [Int: [Int]] = [:]
        /// The place behind the asterisk that follows here.
        var asterisk: Int?
        var isLoop = false
        /// The alternatives that can be reached from here.
        var weights: Set<Int> = []
    }

    private var places = [Place()]

    /// Measures the alternatives of one field.
    init(of matchers: [ValueMatcher], limit: Int) {
        let wildcards = matchers.map { matcher -> [WildcardPattern] in
            switch matcher {
            case .wildcard(let pattern): [pattern]
            case .anythingBut(.wildcards(let patterns)): patterns.sorted(by: Self.precedes)
            default: []
            }
        }
        // Nearly all fields need no more than this.
        let most = wildcards.joined().reduce(0) { $0 + Self.upperBound(of: $1) }
        guard most > limit else { return }
        for (identity, patterns) in wildcards.enumerated() {
            for pattern in patterns { add(pattern, identity) }
        }
        isWithinLimit = explore(limit: limit)
    }

    /// Behind each asterisk stand the asterisk itself and as many places of its piece as its beginning overlaps itself.
    private static func upperBound(of pattern: WildcardPattern) -> Int {
        pattern.pieces.dropFirst().reduce(1) { $0 + 1 + overlaps(of: $1 + [UInt8(ascii: "\"")]) }
    }

    /// How many beginnings of a text can end in the same place of some other text.
    private static func overlaps(of text: [UInt8]) -> Int {
        var borders = [Int](repeating: 0, count: text.count)
        var depths = [Int](repeating: 1, count: text.count)
        for place in text.indices.dropFirst() {
            var border = borders[place - 1]
            while border > 0, text[place] != text[border] { border = borders[border - 1] }
            if text[place] == text[border] { border += 1 }
            borders[place] = border
            if border > 0 { depths[place] = depths[border - 1] + 1 }
        }
        return depths.max() ?? 0
    }

    private static func precedes(_ left: WildcardPattern, _ right: WildcardPattern) -> Bool {
        left.pieces.lexicographicallyPrecedes(right.pieces) { $0.lexicographicallyPrecedes($1) }
    }

    /// Beginnings are shared up to the first asterisk; behind it each wildcard has places of its own.
    private mutating func add(_ pattern: WildcardPattern, _ identity: Int) {
        var tokens = [Int(UInt8(ascii: "\""))]
        for (number, piece) in pattern.pieces.enumerated() {
            if number > 0 { tokens.append(Self.asterisk) }
            tokens += piece.map(Int.init)
        }
        tokens.append(Int(UInt8(ascii: "\"")))
        var current = 0
        var isShared = true
        for token in tokens {
            let existing = token == Self.asterisk ? places[current].asterisk : places[current].steps[token]?.first
            if isShared, let existing {
                current = existing
            } else {
                places.append(Place())
                let next = places.count - 1
                if token == Self.asterisk {
                    places[next].isLoop = true
                    places[current].asterisk = next
                } else {
                    places[current].steps[token, default: []].append(next)
                }
                current = next
            }
            if token == Self.asterisk { isShared = false }
            places[current].weights.insert(identity)
        }
    }

    private func explore(limit: Int) -> Bool {
        let alphabet = Set(places.flatMap(\.steps.keys)).union([Self.asterisk])
        var seen: Set<Set<Int>> = [[0]]
        var open: [Set<Int>] = [[0]]
        while let set = open.popLast() {
            for byte in alphabet {
                var next: Set<Int> = []
                for place in set { reach(from: place, by: byte, into: &next) }
                guard !next.isEmpty else { continue }
                if next.reduce(0, { $0 + places[$1].weights.count }) > limit { return false }
                if seen.insert(next).inserted { open.append(next) }
                if seen.count > Self.maximumSets { return false }
            }
        }
        return true
    }

    private func reach(from place: Int, by byte: Int, into next: inout Set<Int>) {
        if places[place].isLoop { next.insert(place) }
        for step in places[place].steps[byte] ?? [] {
            next.insert(step)
            if let asterisk = places[step].asterisk { next.insert(asterisk) }
        }
    }
}
