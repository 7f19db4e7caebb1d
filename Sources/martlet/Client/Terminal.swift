import FoundationEssentials
import Glibc

/// What is known of where a command's output goes.
enum Terminal {
    /// Whether a person reads it; pipes get plain text without headings.
    static var isInteractive: Bool { isatty(STDOUT_FILENO) == 1 }

    /// How many columns and rows the terminal has; of what is none, those of the oldest ones.
    static var size: (columns: Int, rows: Int) {
        var size = winsize()
        // SAFETY: the call writes the one value that it is given.
        guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return (80, 24)
        }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Whether colours are wanted: in a terminal, unless NO_COLOR says otherwise (no-color.org).
    static var isColoured: Bool {
        isInteractive && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }

    /// Writes bytes to the output, as they are.
    static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    /// Writes a line to the output at once, so that a pipe sees it when it happens.
    static func printLine(_ line: String) { write(Array("\(line)\n".utf8)) }

    /// Writes a line about an error.
    static func printError(_ line: String) { write(Array("\(line)\n".utf8), to: STDERR_FILENO) }

    /// A text as a terminal may see it: runtimes write `\r` inside one event, and a function's escape sequences are not
    /// for the operator's terminal to obey.
    static func harmless(_ message: some StringProtocol) -> String {
        var text = ""
        for scalar in message.unicodeScalars {
            switch scalar.value {
            case 0x0D: text += "\n"
            case 0x09, 0x0A: text.unicodeScalars.append(scalar)
            case 0..<0x20, 0x7F..<0xA0: text += "\u{FFFD}"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            // SAFETY: the buffer is read during the call only.
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // Whoever read the output is gone: there is nobody to tell.
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    /// Everything from the standard input.
    static func readInput() throws -> [UInt8] { Array(try FileHandleBytes.all(STDIN_FILENO)) }
}

/// Reads descriptors to their end.
enum FileHandleBytes {
    /// Reads up to 64 MiB; what is longer is no payload.
    static func all(_ descriptor: Int32) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < 64 << 20 {
            // SAFETY: the buffer is written during the call only, and not beyond its size.
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ClientError.badInput("The standard input cannot be read.") }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
