import ArgumentParser
import Foundation

/// Bytes from a file or standard input.
enum InputFile {
    /// Everything that is there.
    static func read(_ file: String) throws -> [UInt8] {
        if file == "-" { return Array(FileHandle.standardInput.readDataToEndOfFile()) }
        guard let bytes = FileManager.default.contents(atPath: file) else {
            throw ValidationError("The file \(file) cannot be read.")
        }
        return Array(bytes)
    }
}
