/// Why a text is no regular expression.
struct RegexFlaw: Error, Hashable {
    /// What can be wrong.
    enum Reason: String {
        case unclosedGroup = "a group is not closed"
        case unopenedGroup = "')' closes no group"
        case unclosedClass = "'[' is not closed"
        case badRange = "a range of characters goes backwards"
        case nothingToRepeat = "there is nothing to repeat"
        case badCount = "a repetition goes backwards or is too large"
        case badGroup = "the kind of the group is unknown"
        case noSuchGroup = "there is no group that the reference means"
        case badEscape = "an escape is not complete"
        case tooDeep = "groups are nested too deep"
        case tooLarge = "it is too large once its repetitions are written out"
    }

    let reason: Reason
    /// How many scalars come before the place.
    let offset: Int

    var description: String { reason.rawValue }
}
