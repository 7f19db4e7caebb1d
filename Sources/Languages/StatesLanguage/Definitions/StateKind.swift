/// The eight kinds of states.
package enum StateKind: String, Hashable, Sendable, CaseIterable {
    case task = "Task"
    case pass = "Pass"
    case choice = "Choice"
    case wait = "Wait"
    case succeed = "Succeed"
    case fail = "Fail"
    case parallel = "Parallel"
    case map = "Map"

    /// Whether states of this kind have retriers and catchers, and can be mocked.
    package var canBeRetried: Bool { self == .task || self == .parallel || self == .map }
}
