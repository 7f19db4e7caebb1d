import Core
import JSONPath

/// What an evaluation carries with it: what is outside, what is random, and how much it may still do.
package struct Evaluation: Sendable {
    package let surroundings: Surroundings
    package var chance: Chance
    /// The time that expressions see.
    package var now: Instant
    /// How many bytes templates and functions may still make, so that none grows without bound.
    private(set) var growth = Self.maximumGrowth
    /// How many nodes paths may still look at.
    private var work = Self.maximumWork

    /// Takes what is outside, and where random numbers begin.
    package init(surroundings: Surroundings, chance: Chance, now: Instant) {
        self.now = now
        self.surroundings = surroundings
        self.chance = chance
    }

    /// What one visit of a state may do.
    private static let maximumGrowth = 16 * LanguageLimits.payload
    private static let maximumWork = 2 * PathLimits.work

    /// Lets the next visit of a state do as much as any.
    mutating func renew() {
        growth = Self.maximumGrowth
        work = Self.maximumWork
    }

    /// Counts what has been made.
    mutating func grow(by value: JSON) throws(StateFailure) {
        guard let size = Payload.size(of: value, limit: growth) else { throw Payload.tooLarge("a value") }
        growth -= size
    }

    /// What a path leads to; `nil` where it is nothing.
    mutating func value(of path: JSONPath, in scope: Scope) throws(StateFailure) -> JSON? {
        let document: JSON
        switch path.root {
        case .document: document = scope.document
        case .context: document = scope.context
        case .variable(let name):
            guard let value = scope.variables[name] else { return nil }
            document = value
        }
        do throws(PathLimitExceeded) {
            return try path.answer(in: document, work: &work)
        } catch {
            throw StateFailure(ErrorName.runtime, "The path '\(path.text)' would look at too many values.")
        }
    }
}
