import Foundation
import TestSupport

/// One Swift file of `Sources/`, as the architecture tests read it.
struct SourceFile {
    let path: String
    let module: String
    let lines: [Substring]

    /// All Swift files of the package's own modules.
    static func all() throws -> [SourceFile] {
        let root = Suites.packageRoot + "/Sources"
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".swift") }
        return try paths.sorted().map { path in
            let text = try String(contentsOfFile: root + "/" + path, encoding: .utf8)
            return SourceFile(
                path: path, module: module(of: path),
                lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        }
    }

    /// A folder of `Sources/` is a module, except that each language is one of its own.
    private static func module(of path: String) -> String {
        let folders = path.split(separator: "/")
        return String(folders[0] == "Languages" && folders.count > 1 ? folders[1] : folders[0])
    }

    /// The modules this file imports.
    var imports: [String] {
        lines.compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), !line.hasPrefix(" "), !line.hasPrefix("/") else {
                return nil
            }
            let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
            guard let name = words[(place + 1)...].first(where: { !kinds.contains($0) }) else { return nil }
            return String(name.prefix { $0 != "." })
        }
    }

    /// The lines that are not comments, with their numbers.
    var code: [(number: Int, text: Substring)] {
        lines.enumerated().compactMap { index, line in
            line.drop { $0 == " " }.hasPrefix("//") ? nil : (index + 1, line)
        }
    }
}
