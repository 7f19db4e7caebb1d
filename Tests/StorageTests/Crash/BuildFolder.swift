import Foundation
import TestSupport

/// Where the program that runs the tests lies, and the other programs of the build beside it.
enum BuildFolder {
    static let path: String = {
        // Where the link cannot be read, the standard place is as good a guess as any.
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let folder = URL(filePath: own).deletingLastPathComponent().path
        let found = FileManager.default.isExecutableFile(atPath: folder + "/crash-writer")
        return found ? folder : Suites.packageRoot + "/.build/debug"
    }()
}
