extension StateMachine {
    /// What executions of their own run for the items of a distributed map, by the name of its state; `nil` where there is
    /// no such map.
    package func processor(of state: String) -> StateMachine? {
        var flows = [flow]
        // How deep flows may nest is bounded, and so is how many states there are.
        while let flow = flows.popLast() {
            for entry in flow.states.values {
                switch entry.body {
                case .parallel(let branches): flows += branches
                case .map(let map) where entry.name == state && map.mode == .distributed:
                    return StateMachine(
                        comment: nil, queryLanguage: entry.queryLanguage, timeoutSeconds: nil, flow: map.processor)
                case .map(let map): flows.append(map.processor)
                default: break
                }
            }
        }
        return nil
    }
}
