import ArgumentParser

/// Which ends of a call somebody wants to hear of.
struct ResultEnds: ParsableArguments {
    /// How a call may end.
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case success, failure, both

        var isSuccess: Bool { self != .failure }
        var isFailure: Bool { self != .success }
    }

    static let hint = "Name a function, schedule:NAME, or schedule:GROUP/NAME."

    @Option(help: "success, failure or both.")
    var on = Choice.both
}
