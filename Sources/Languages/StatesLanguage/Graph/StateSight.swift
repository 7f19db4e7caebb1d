/// What is seen of a state while an execution goes on.
package struct StateSight: Hashable, Sendable {
    /// How a state fares; of one that is entered many times, its latest visit.
    package enum Status: String, Hashable, Sendable, CaseIterable {
        case running, retrying, succeeded
        /// It failed, and a catcher led on.
        case caught
        case failed
        /// It was stopped, because of another one or from outside.
        case aborted

        /// One column that says it without colours.
        package func mark(_ signs: PictureSigns) -> Character {
            switch self {
            case .running: signs.running
            case .retrying: "~"
            case .succeeded: signs.succeeded
            case .caught: "!"
            case .failed: signs.failed
            case .aborted: "-"
            }
        }
    }

    package var status: Status
    /// A few words: how long it took, which attempt it is.
    package var note: String

    /// Takes what is seen.
    package init(_ status: Status, note: String = "") {
        self.status = status
        self.note = note
    }
}
