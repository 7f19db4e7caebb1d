import Core
import Testing

@testable import StatesLanguage

/// What readers of items read, and how items are put together.
struct ItemTests {
    private static func items(_ text: String, _ configure: (inout ItemReader.Configuration) -> Void) throws -> String {
        var configuration = ItemReader.Configuration()
        configure(&configuration)
        return JSON.array(try ItemData.items(in: Array(text.utf8), configuration, maximum: 3)).text
    }

    @Test func `a table is read with its first row as names`() throws {
        let text = "a,b\r\n1,\"x, \"\"y\"\"\"\n\n2\n3,4,5\n6,7"
        let expected = #"[{"a":"1","b":"x, \"y\""},{"a":"2","b":""},{"a":"3","b":"4"}]"#
        #expect(try Self.items(text) { $0.inputType = "CSV" } == expected)
    }

    @Test func `a table is read with given names and another delimiter`() throws {
        let found = try Self.items("1|2") {
            $0.inputType = "CSV"
            $0.csvHeaderLocation = "GIVEN"
            $0.csvHeaders = ["x", "y"]
            $0.csvDelimiter = "PIPE"
        }
        #expect(found == #"[{"x":"1","y":"2"}]"#)
    }

    @Test func `lines of JSON and arrays inside of JSON are read`() throws {
        #expect(try Self.items("{\"a\":1}\n\n2\r\n") { $0.inputType = "JSONL" } == #"[{"a":1},2]"#)
        #expect(try Self.items(#"{"a/b":[{"c":[1,2,3,4]}]}"#) { $0.itemsPointer = "/a~1b/0/c" } == "[1,2,3]")
    }

    @Test(arguments: [("{", nil), ("{}", nil), (#"{"a":1}"#, "/a"), ("[]", "/x")] as [(String, String?)])
    func `what holds no items fails`(text: String, pointer: String?) throws {
        let failure = try #require(throws: StateFailure.self) { try Self.items(text) { $0.itemsPointer = pointer } }
        #expect(failure.error == ErrorName.itemReaderFailed)
    }

    @Test func `items are put together up to a number and up to a size`() throws {
        let byNumber = try ItemBatches.batches(of: [1, 2, 3], maximumItems: 2, maximumBytes: nil, input: ["f": 1])
        #expect(
            JSON.array(byNumber).text == #"[{"BatchInput":{"f":1},"Items":[1,2]},{"BatchInput":{"f":1},"Items":[3]}]"#)
        let items: [JSON] = (0..<50).map { .string(String(repeating: "x", count: $0)) }
        let bySize = try ItemBatches.batches(of: items, maximumItems: nil, maximumBytes: 100, input: nil)
        #expect(bySize.allSatisfy { $0.serialized.count <= 100 })
        #expect(bySize.flatMap { $0["Items"]?.array ?? [] } == items)
        #expect(throws: StateFailure.self) {
            try ItemBatches.batches(of: items, maximumItems: nil, maximumBytes: 20, input: nil)
        }
    }

    @Test(
        arguments: [
            (nil, nil, 1, 10, true), (nil, nil, 0, 10, false), (2, nil, 2, 10, false), (2, nil, 3, 10, true),
            (nil, 10, 1, 10, false), (nil, 10, 2, 10, true), (5, 10, 2, 10, true), (nil, 0, 1, 10, true),
        ] as [(Int?, Double?, Int, Int, Bool)])
    func `failures are tolerated up to a limit`(
        count: Int?, percentage: Double?, failures: Int, items: Int, isOver: Bool
    ) {
        let tolerance = MapTolerance(maximumConcurrency: 0, failures: count, percentage: percentage)
        #expect(tolerance.isExceeded(failures: failures, of: items) == isOver)
    }
}
