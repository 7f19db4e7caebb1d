/// One state: what all kinds have in common, and what its own kind does.
package struct State: Sendable {
    package let name: String
    package let queryLanguage: QueryLanguage
    package let data: DataFields
    /// Where it goes on; absent for choices and for what ends a flow by its kind.
    package let transition: Transition?
    package let retriers: [Retrier]
    package let catchers: [Catcher]
    package let body: StateBody

    package var kind: StateKind {
        switch body {
        case .task: .task
        case .pass: .pass
        case .choice: .choice
        case .wait: .wait
        case .succeed: .succeed
        case .fail: .fail
        case .parallel: .parallel
        case .map: .map
        }
    }
}
