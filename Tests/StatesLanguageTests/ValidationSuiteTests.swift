import Core
import TestSupport
import Testing

@testable import StatesLanguage

/// Recorded refusals of definitions.
@Suite(.enabled(if: Suites.has("states-language"))) struct ValidationSuiteTests {
    /// How many pass; the number only rises.
    private static let reached = 86

    @Test func `definitions are refused as the service refuses them`() throws {
        let cases = try Suites.bytes("states-language/validation.jsonl").split(separator: UInt8(ascii: "\n")).map {
            try JSON(parsing: Array($0))
        }
        // The others are refused for something else than their definition.
        let pure = cases.filter { $0["expected"]?["Error"]?["Code"] == "InvalidDefinition" || $0["raised"] != true }
        var passed = 0
        for one in pure {
            if Self.passes(one) { passed += 1 } else { print("fails: \(one.text.prefix(900))") }
        }
        print("states-language/validation: \(passed)/\(pure.count), \(cases.count - pure.count) are about other fields")
        #expect(passed >= Self.reached)
    }

    private static func passes(_ one: JSON) -> Bool {
        let message = one["expected"]?["Error"]?["Message"]?.string
        do throws(InvalidDefinition) {
            _ = try StateMachine(parsing: one["request"]?["definition"]?.string ?? "")
            return message == nil
        } catch {
            // The recorded messages repeat the definition.
            return message?.contains(error.message) == true
        }
    }
}
