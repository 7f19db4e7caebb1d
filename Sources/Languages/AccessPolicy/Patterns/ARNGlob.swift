/// How the tokens of an ARN with wildcards become a pattern.
///
/// Between the first five colons a wildcard stays within its segment; behind them it crosses colons and slashes. A
/// pattern of fewer segments must end with `*`, which then stands for all the rest.
/// Source: IAM user guide, "IAM JSON policy elements: Resource" and "Condition operators".
enum ARNGlob {
    static let colon = UInt16(UInt8(ascii: ":"))

    /// The pattern, or `nil` if no ARN can match these tokens.
    static func glob(_ tokens: [UInt16]) -> Glob? {
        if !tokens.isEmpty, tokens.allSatisfy({ $0 == Glob.anyRun }) { return Glob([Glob.anyRun]) }
        guard tokens.starts(with: arn) else { return nil }
        var confined: [UInt16] = []
        var colons = 0
        for (place, token) in tokens.enumerated() {
            if token == colon { colons += 1 }
            switch token {
            case _ where colons >= 5, Glob.anyRun where place == tokens.count - 1: confined.append(token)
            case Glob.anyRun: confined.append(Glob.segmentRun)
            case Glob.anyOne: confined.append(Glob.segmentOne)
            default: confined.append(token)
            }
        }
        guard colons >= 5 || tokens.last == Glob.anyRun else { return nil }
        return Glob(confined)
    }

    /// Whether a text without wildcards is an ARN with all its segments.
    static func isWhole(_ text: Span<UInt8>) -> Bool {
        var colons = 0
        for index in text.indices {
            let byte = UInt16(text[index])
            if index < 4, byte != arn[index] { return false }
            if byte == colon { colons += 1 }
        }
        return colons >= 5
    }

    private static let arn = "arn:".utf8.map { UInt16($0) }
}
