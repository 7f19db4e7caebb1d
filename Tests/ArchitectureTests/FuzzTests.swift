import Foundation
import TestSupport
import Testing

/// Which parsers there are is told by how they are called, or by their first argument.
struct FuzzTests {
    /// Read by a target under another name, or by none because nothing from outside reaches them.
    private static let elsewhere: Set<String> = [
        // Parts of what `JSON(parsing:)`, `FilterPattern`, `CodeArchive` and `Pattern` read.
        "JSONParser", "FilterPatternParser", "FilterExpressionParser", "CodeArchiveReader", "PatternCompiler",
        // Parts of what `EventPattern` and `RuleSet` read.
        "PatternParser", "EventReader",
        // Parts of what `JSONPath(parsing:)` and `StateMachine(parsing:)` read.
        "PathParser", "RegexpParser", "RegexpCompiler", "IntrinsicParser", "DefinitionReader", "ItemReader",
        // Parts of what `TimeExpression(parsing:)` and `ZoneFileParser` read.
        "ExpressionParser", "CronParser", "CronFieldParser", "ZoneFooterParser",
        // Parts of what `JSONataExpression` and `RegularExpression(parsing:)` read.
        "JSONataParser", "RegexParser",
        // A part of what `RequestText(parsing:)` reads.
        "HeadReader",
        // `Router` calls all four, and `WorkItem` and `PendingRequests` the others.
        "JSONBinding", "FormBinding", "RESTBinding", "XMLBinding", "FieldReader", "MessageReader",
        // The store's own rows.
        "LogStreamReader", "Reader", "EventArchive", "Archive",
    ]

    @Test func `every parser has a fuzz target`() throws {
        let folder = Suites.packageRoot + "/Fuzz/Harness/Targets"
        let targets = try FileManager.default.contentsOfDirectory(atPath: folder).map {
            try String(contentsOfFile: folder + "/" + $0, encoding: .utf8)
        }.joined()
        var found = 0
        for file in try SourceFile.all() {
            for (number, text) in file.code {
                let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
                guard let place = words.firstIndex(where: { ["struct", "class", "enum", "actor"].contains($0) }),
                    place + 1 < words.count, case let name = words[place + 1],
                    ["Parser", "Reader", "Compiler", "Binding", "Archive", "Document"].contains(where: name.hasSuffix),
                    !Self.elsewhere.contains(name)
                else { continue }
                found += 1
                #expect(targets.contains("\(name)"), "\(file.path):\(number): nothing in Fuzz/ feeds \(name)")
            }
        }
        #expect(found >= 4)
    }
}
