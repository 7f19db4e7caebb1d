import CSandbox

extension Starter {
    /// Becomes the starter, for ever, where the arguments say that this process is meant to be it.
    ///
    /// Call it first of all: the starter forks, and must have one thread.
    package static func runIfAsked(_ arguments: [String]) {
        guard arguments.count == 3, arguments[1] == "__starter", let control = CInt(arguments[2]) else { return }
        sandbox_starter_main(control)
    }
}
