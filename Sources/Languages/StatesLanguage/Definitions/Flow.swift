/// States, and the one to begin with: a whole machine, a branch, or what is done with an item of a map.
package struct Flow: Sendable {
    package let startAt: String
    package let states: [String: State]
    /// The names in the order they were written in.
    package let names: [String]
}
