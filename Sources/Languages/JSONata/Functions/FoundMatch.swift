/// What a regular expression, or a function that stands in for one, has found.
struct FoundMatch {
    let text: String
    /// Places in the scalars of the text.
    let start: Int
    let end: Int
    let groups: [String?]

    /// A replacement text with what was found in the place of `$0`, `$1` and so on; `$$` is a dollar sign.
    ///
    /// A number has no more digits than the count of groups has, and one less if there is no such group.
    func filled(into template: String) -> String {
        let scalars = Array(template.unicodeScalars)
        var result = String.UnicodeScalarView()
        var position = 0
        while position < scalars.count {
            let scalar = scalars[position]
            position += 1
            guard scalar == "$" else {
                result.append(scalar)
                continue
            }
            if position < scalars.count, scalars[position] == "$" {
                result.append("$")
                position += 1
            } else if position < scalars.count, scalars[position] == "0" {
                result.append(contentsOf: text.unicodeScalars)
                position += 1
            } else if let (number, digits) = group(scalars[position...]) {
                if number >= 1, number <= groups.count {
                    result.append(contentsOf: (groups[number - 1] ?? "").unicodeScalars)
                }
                position += digits
            } else {
                result.append("$")
            }
        }
        return String(result)
    }

    private func group(_ scalars: ArraySlice<Unicode.Scalar>) -> (number: Int, digits: Int)? {
        let most = String(max(1, groups.count)).count
        let digits = scalars.prefix(most).prefix { ("0"..."9").contains($0) }.map { Int($0.value) - 48 }
        guard !digits.isEmpty else { return nil }
        let number = digits.reduce(0) { $0 * 10 + $1 }
        guard digits.count > 1, number > groups.count else { return (number, digits.count) }
        return (number / 10, digits.count - 1)
    }
}
