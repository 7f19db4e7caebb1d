/// Why a text from outside is not a name.
package enum NameError: Error, Equatable {
    case empty
    case badLength(minimum: Int, maximum: Int)
    case badCharacter(Character)
    case malformed(expected: String)
}

extension String {
    /// Refuses the text if a character does not satisfy `allowed`.
    func requireCharacters(_ allowed: (Character) -> Bool) throws(NameError) {
        for character in self where !allowed(character) { throw .badCharacter(character) }
    }

    /// Refuses the text if it is not of `lengths` characters, all ASCII letters, digits or one of `extra`.
    func requireName(_ lengths: ClosedRange<Int>, extra: String) throws(NameError) {
        guard !isEmpty else { throw .empty }
        guard lengths.contains(utf8.count) else {
            throw .badLength(minimum: lengths.lowerBound, maximum: lengths.upperBound)
        }
        try requireCharacters { $0.isASCII && ($0.isLetter || $0.isNumber || extra.contains($0)) }
    }
}
