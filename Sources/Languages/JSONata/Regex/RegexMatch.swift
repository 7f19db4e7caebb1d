/// Where an expression was found.
struct RegexMatch {
    let range: Range<Int>
    /// What the groups captured.
    let groups: [Range<Int>?]
}
