import ArgumentParser
import Sandboxing

// The starter is this same binary: it must begin single-threaded, before anything else does.
Starter.runIfAsked(CommandLine.arguments)
await Martlet.begin()

extension Martlet {
    /// Parses the command line and runs the command; in an `async` context the overload that can wait is meant.
    static func begin() async { await main() }
}
