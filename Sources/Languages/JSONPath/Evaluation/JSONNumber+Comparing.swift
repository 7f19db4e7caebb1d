import Core

extension JSONNumber {
    /// Whether the numbers are the same, however they are written.
    package func isEqual(to other: JSONNumber) -> Bool {
        if text == other.text { return true }
        if let left = integer, let right = other.integer { return left == right }
        return double == other.double
    }

    /// Whether this number is the smaller one.
    package func isLess(than other: JSONNumber) -> Bool {
        if let left = integer, let right = other.integer { return left < right }
        return double < other.double
    }
}
