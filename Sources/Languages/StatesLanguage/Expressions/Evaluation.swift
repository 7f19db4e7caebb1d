/// What an evaluation carries with it: what is outside, what is random, and how much has grown.
package struct Evaluation: Sendable {
    package let surroundings: Surroundings
    package var chance: Chance
    /// How many bytes templates and functions may still make, so that none grows without bound.
    var growth = 16 * LanguageLimits.payload

    /// Takes what is outside, and where random numbers begin.
    package init(surroundings: Surroundings, chance: Chance) {
        self.surroundings = surroundings
        self.chance = chance
    }

    /// Counts what has been made.
    mutating func grow(_ bytes: Int) throws(StateFailure) {
        growth -= bytes
        guard growth >= 0 else { throw Payload.tooLarge("a value") }
    }
}
