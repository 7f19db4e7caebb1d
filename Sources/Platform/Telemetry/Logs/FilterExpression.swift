/// A regular expression of a filter pattern, found in time linear in the length of the text, whatever both are.
///
/// The syntax has no groups, so an expression is some chains of characters, any of which may be optional or repeat. All
/// places in all chains where a match can be are followed at once, each a bit (G. Navarro and M. Raffinot, "Flexible
/// Pattern Matching in Strings", section 4.4: the extended Shift-And automaton).
package struct FilterExpression: Sendable {
    /// The most places that the chains of one expression have together, after repetitions are written out.
    static let placeLimit = 512

    /// One character of a chain.
    struct Item: Sendable {
        var characters: FilterCharacters
        var isOptional = false
        var repeats = false
    }

    /// One alternative of an expression.
    struct Chain: Sendable {
        var items: [Item] = []
        var isAtStart = false
        var isAtEnd = false
    }

    private let words: Int
    /// For every ASCII character and, last, for all others: the places from which it leads to the next.
    private let advancing: [UInt64]
    /// The same for the places at which it may be repeated.
    private let staying: [UInt64]
    /// The places that may be passed over.
    private let optional: [UInt64]
    /// The places where chains begin: at the start of the text, and anywhere.
    private let initial: [UInt64]
    private let everywhere: [UInt64]
    /// The places where chains end: at the end of the text, and anywhere.
    private let final: [UInt64]
    private let anyFinal: [UInt64]

    init(_ chains: [Chain]) {
        let words = (chains.reduce(0) { $0 + $1.items.count + 1 } + 63) / 64
        var advancing = [UInt64](repeating: 0, count: words * FilterCharacters.count)
        var staying = advancing
        var optional = [UInt64](repeating: 0, count: words)
        var (initial, everywhere, final, anyFinal) = (optional, optional, optional, optional)
        var place = 0
        for chain in chains {
            initial.set(place)
            if !chain.isAtStart { everywhere.set(place) }
            for item in chain.items {
                if item.isOptional { optional.set(place) }
                for character in 0..<FilterCharacters.count where item.characters.contains(character) {
                    advancing.set(character * words * 64 + place)
                    if item.repeats { staying.set(character * words * 64 + place + 1) }
                }
                place += 1
            }
            final.set(place)
            if !chain.isAtEnd { anyFinal.set(place) }
            place += 1
        }
        self.words = words
        (self.advancing, self.staying, self.optional) = (advancing, staying, optional)
        (self.initial, self.everywhere, self.final, self.anyFinal) = (initial, everywhere, final, anyFinal)
    }

    /// Whether a part of the text is what the expression describes.
    func isFound(in text: ArraySlice<UInt8>) -> Bool {
        var places = initial
        pass(&places)
        for byte in text {
            if places.meets(anyFinal) { return true }
            // A character beyond ASCII counts by its first byte.
            if byte & 0xC0 == 0x80 { continue }
            take(Int(min(byte, 0x80)), &places)
            pass(&places)
        }
        return places.meets(final)
    }

    private func take(_ character: Int, _ places: inout [UInt64]) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let taken = places[word] & advancing[character * words + word]
            places[word] = taken << 1 | carry | places[word] & staying[character * words + word] | everywhere[word]
            carry = taken >> 63
        }
    }

    /// Passes over whatever is optional: the carry of an addition runs through neighbouring places.
    private func pass(_ places: inout [UInt64]) {
        var carry: UInt64 = 0
        for word in 0..<words {
            let (half, first) = optional[word].addingReportingOverflow(places[word] & optional[word])
            let (sum, second) = half.addingReportingOverflow(carry)
            places[word] |= sum ^ optional[word]
            carry = first || second ? 1 : 0
        }
    }
}

/// A set of characters: those of ASCII each, and all others together.
struct FilterCharacters: Equatable, Sendable {
    /// How many there are to be told apart; the last stands for everything beyond ASCII.
    static let count = 129

    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var others = false

    init(_ ranges: ClosedRange<UInt8>...) {
        for range in ranges { insert(range) }
    }

    func contains(_ character: Int) -> Bool {
        character > 127 ? others : (character < 64 ? low >> character : high >> (character - 64)) & 1 == 1
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for character in range where character < 128 {
            if character < 64 { low |= 1 << UInt64(character) } else { high |= 1 << UInt64(character - 64) }
        }
    }

    mutating func formUnion(_ other: FilterCharacters) {
        low |= other.low
        high |= other.high
        others = others || other.others
    }

    /// Every character that is not in the set.
    var inverted: FilterCharacters {
        var set = self
        (set.low, set.high, set.others) = (~low, ~high, !others)
        return set
    }

    static let digit = FilterCharacters(0x30...0x39)
    static let word = FilterCharacters(0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A)
    static let space = FilterCharacters(0x09...0x0D, 0x20...0x20)
    static let any = FilterCharacters().inverted
}

extension [UInt64] {
    fileprivate mutating func set(_ bit: Int) { self[bit / 64] |= 1 << UInt64(bit % 64) }

    fileprivate func meets(_ other: [UInt64]) -> Bool { indices.contains { self[$0] & other[$0] != 0 } }
}
