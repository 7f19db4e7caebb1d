import CFuzzer
import FuzzTargets
import Glibc

/// `fuzz list` names the targets; `fuzz NAME CORPUS [flags of libFuzzer]` feeds one of them.
@main enum Main {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 2, Main.target != nil else {
            for target in FuzzTarget.all where !target.isCanary { print(target.name) }
            exit(arguments.dropFirst().first == "list" ? 0 : 2)
        }
        Main.target?.writeSeeds(to: arguments[2])
        // The target's name takes the place of the program's.
        var count = CommandLine.argc - 1
        // SAFETY: the arguments live as long as the process, and there is one fewer behind the first.
        var rest: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe CommandLine.unsafeArgv + 1
        let status = unsafe LLVMFuzzerRunDriver(&count, &rest) { bytes, length in
            // SAFETY: libFuzzer lends `length` bytes for the duration of the call; they are copied.
            unsafe Main.target?.body(Array(UnsafeBufferPointer(start: bytes, count: length)))
            return 0
        }
        exit(status)
    }

    /// What the first argument names.
    private static let target = FuzzTarget.all.first { $0.name == CommandLine.arguments.dropFirst().first }
}
