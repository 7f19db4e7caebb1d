extension String {
    /// Where a text is first found from a place on, byte by byte; an empty one at that place.
    ///
    /// In time proportional to the length, whatever the texts (Knuth, Morris and Pratt).
    func firstRange(ofText text: String, from start: Index? = nil) -> Range<Index>? {
        let start = start ?? startIndex
        guard !text.isEmpty else { return start..<start }
        guard text.utf8.count <= utf8.count else { return nil }
        let wanted = Array(text.utf8)
        let fallbacks = Self.fallbacks(of: wanted)
        var matched = 0
        var place = start
        while place < endIndex {
            let byte = utf8[place]
            while matched > 0, wanted[matched] != byte { matched = fallbacks[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            place = utf8.index(after: place)
            if matched == wanted.count { return utf8.index(place, offsetBy: -matched)..<place }
        }
        return nil
    }

    /// How much is still matched after each byte where the next one differs.
    private static func fallbacks(of wanted: [UInt8]) -> [Int] {
        var fallbacks = [0]
        fallbacks.reserveCapacity(wanted.count)
        var matched = 0
        for byte in wanted.dropFirst() {
            while matched > 0, wanted[matched] != byte { matched = fallbacks[matched - 1] }
            if wanted[matched] == byte { matched += 1 }
            fallbacks.append(matched)
        }
        return fallbacks
    }
}
