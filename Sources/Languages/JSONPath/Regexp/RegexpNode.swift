/// A regular expression as it is written.
indirect enum RegexpNode: Hashable, Sendable {
    case character(CharacterSet)
    case anchor(isStart: Bool)
    case sequence([RegexpNode])
    case choice([RegexpNode])
    /// At least and at most so often; without end where there is no most.
    case repetition(RegexpNode, Int, Int?)
}
