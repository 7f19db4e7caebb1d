import Foundation

/// Where the public conformance cases lie: `../shared/suites` beside the package, or where `MARTLET_SUITES` points.
///
/// They are not part of the project. A test that finds them absent skips, and says so.
package enum Suites {
    package static let root: String = {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["MARTLET_SUITES"] { return path }
        return packageRoot + "/../shared/suites"
    }()

    /// The root folder of this package.
    package static let packageRoot: String = {
        let parts = #filePath.split(separator: "/").dropLast(3)
        return "/" + parts.joined(separator: "/")
    }()

    /// Whether a folder or file of the cases is there; prints that it was skipped where it is not.
    package static func has(_ path: String) -> Bool {
        let found = FileManager.default.fileExists(atPath: root + "/" + path)
        if !found {
            print("skipped: no conformance cases at \(path) (set MARTLET_SUITES to the folder that holds them)")
        }
        return found
    }

    /// The bytes of one file of the cases; empty where it is absent.
    package static func bytes(_ path: String) -> [UInt8] {
        FileManager.default.contents(atPath: root + "/" + path).map { [UInt8]($0) } ?? []
    }

    /// The names in one folder of the cases, sorted; none where it is absent.
    package static func names(_ path: String) -> [String] {
        // Absent cases are the caller's to skip, so the reason does not matter.
        ((try? FileManager.default.contentsOfDirectory(atPath: root + "/" + path)) ?? []).sorted()
    }
}
