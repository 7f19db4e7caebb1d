import Core
import Foundation
import Platform
import TestSupport
import Testing

@testable import StatesLanguage

/// Pictures of state machines: how they look, and that nothing in them lies on anything else.
struct GraphTests {
    private static let loop = """
        {"StartAt":"Try","States":{
        "Try":{"Type":"Task","Resource":"arn:aws:states:::lambda:invoke","Parameters":{"FunctionName":"arn:aws:lambda:us-east-1:000000000000:function:poll:live"},"Retry":[{"ErrorEquals":["States.Timeout"],"MaxAttempts":2}],"Catch":[{"ErrorEquals":["States.ALL"],"Next":"Give up"}],"Next":"Done?"},
        "Done?":{"Type":"Choice","Choices":[{"And":[{"Variable":"$.done","BooleanEquals":true},{"Variable":"$.n","NumericGreaterThan":3}],"Next":"Good"}],"Default":"Wait"},
        "Wait":{"Type":"Wait","SecondsPath":"$.pause","Next":"Try"},
        "Good":{"Type":"Succeed"},"Give up":{"Type":"Fail","Error":"NotDone"}}}
        """

    private static let nested = """
        {"StartAt":"日本語の状態","States":{
        "日本語の状態":{"Type":"Parallel","Branches":[
        {"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}},
        {"StartAt":"C with a name that is far too long for any box there may be","States":{"C with a name that is far too long for any box there may be":{"Type":"Succeed"}}}],"End":true}}}
        """

    private static func graph(_ definition: String) throws -> Graph {
        Graph(of: try StateMachine(parsing: definition, jsonata: .stepFunctions))
    }

    private static func picture(
        _ definition: String, isFollowed: Bool = false, sights: [String: StateSight] = [:],
        signs: PictureSigns = .unicode
    ) throws -> String {
        let layout = GraphLayout(try graph(definition), maximumText: 32, isFollowed: isFollowed)
        let lines = try #require(GraphPicture.lines(of: layout, sights: sights, signs: signs))
        return lines.map(\.text).joined(separator: "\n")
    }

    @Test func `a loop goes along the side, and what is caught has a way of its own`() throws {
        #expect(
            try Self.picture(Self.loop) == """
                                    ●
                                    ├───────────────────────────────╮
                                    ▼                               │
                       ┌─────────────────────────┐                  │
                       │ Try                     │                  │
                       │ Task poll:live          │                  │
                       │ retry 2x States.Timeout │                  │
                       │ 1 catch States.ALL      │                  │
                       └───────┬───────────────1─┘                  │
                               │               ╰──────────╮         │
                               ▼                          ▼         │
                ┌──────────────────────────────┐   ┌──────────────┐ │
                │ Done?                        │   │ Give up      │ │
                │ Choice                       │   │ Fail NotDone │ │
                │ 1 $.done is true and $.n > 3 │   └──────■───────┘ │
                │ 2 otherwise                  │                    │
                └──────1───────────────2───────┘                    │
                       │               │                            │
                       ▼               ▼                            │
                  ┌─────────┐   ┌──────────────┐                    │
                  │ Good    │   │ Wait         │                    │
                  │ Succeed │   │ Wait $.pause │                    │
                  └────■────┘   └──────┬───────┘                    │
                                       ╰────────────────────────────╯
                """)
    }

    @Test func `branches stand side by side, and wide characters have their width`() throws {
        #expect(
            try Self.picture(Self.nested) == """
                                         ●
                                         ▼
                ┌─────────────────────────────────────────────────┐
                │ 日本語の状態                                    │
                │ Parallel                                        │
                │ ┌──────┐ ┊ ┌──────────────────────────────────┐ │
                │ │ A    │ ┊ │ C with a name that is far too l… │ │
                │ │ Pass │ ┊ │ Succeed                          │ │
                │ └──┬───┘ ┊ └────────────────■─────────────────┘ │
                │    │     ┊                                      │
                │    ▼     ┊                                      │
                │ ┌──────┐ ┊                                      │
                │ │ B    │ ┊                                      │
                │ │ Pass │ ┊                                      │
                │ └──■───┘ ┊                                      │
                └────────────────────────■────────────────────────┘
                """)
    }

    @Test func `what happens stands in the boxes, in plain signs where others cannot be shown`() throws {
        let picture = try Self.picture(
            Self.nested, isFollowed: true,
            sights: [
                "A": StateSight(.succeeded, note: "12 ms"), "B": StateSight(.running, note: "1.2 s, try 2"),
                "日本語の状態": StateSight(.running),
            ], signs: .ascii)
        #expect(picture.utf8.allSatisfy { $0 < 0x7F })
        for words in ["| ????????????  ", "| + 12 ms  ", "| > 1.2 s, try 2  ", "| C with a name"] {
            #expect(picture.contains(words), "\(picture)")
        }
        let plain = try Self.picture(Self.nested, isFollowed: true)
        #expect(plain.split(separator: "\n").count == picture.split(separator: "\n").count)
    }

    @Test func `names command nothing`() throws {
        let name = #"a\u001b[2Jb\u202ec\nd"#
        let picture = try Self.picture(#"{"StartAt":"\#(name)","States":{"\#(name)":{"Type":"Succeed"}}}"#)
        #expect(picture.contains("a\u{FFFD}[2Jb\u{FFFD}c d"))
        let svg = GraphSVG.text(
            of: try Self.graph(#"{"StartAt":"<\#(name)&\"","States":{"<\#(name)&\"":{"Type":"Succeed"}}}"#),
            title: "</svg>")
        #expect(svg.contains("&lt;a\u{FFFD}[2Jb\u{FFFD}c d&amp;&quot;") && !svg.contains("\u{1B}"))
        #expect(svg.components(separatedBy: "</svg>").count == 2)
    }

    @Test func `what is too large to be drawn is written out`() throws {
        let graph = try Self.graph(Self.loop)
        #expect(GraphPicture.lines(of: GraphLayout(graph), columns: 30) == nil)
        let sights = ["Try": StateSight(.caught, note: "3 s")]
        #expect(
            GraphOutline.lines(of: graph, columns: 40, sights: sights).map(\.text) == [
                "! Try  Task poll:live  3 s", "    retry 2x States.Timeout", "    → Done?",
                "    → Give up  catch States.ALL", "  Done?  Choice", "    → Good  $.done is true and $.n > 3",
                "    → Wait  otherwise", "  Good  Succeed", "  Wait  Wait $.pause", "    → Try",
                "  Give up  Fail NotDone",
            ])
    }

    @Test func `machines as large as they may be are laid out, however they lead on`() {
        let count = LanguageLimits.states
        let row = (0..<count).map { place in
            Graph.Node(
                name: "S\(place)", kind: .pass,
                exits: place + 1 < count ? [Graph.Exit(target: place + 1, reason: .next)] : [])
        }
        #expect(Set(GraphLayout(Graph(nodes: row, start: 0), maximumText: 8).boxes.map(\.name)).count == count)
        var random: UInt64 = 1
        let tangle = (0..<1500).map { place in
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let exits = [Graph.Exit(target: Int(random >> 33) % 1500, reason: .rule("$.a is null"))]
            return Graph.Node(
                name: "S\(place)", kind: .choice,
                exits: exits + (place + 1 < 1500 ? [Graph.Exit(target: place + 1, reason: .otherwise)] : []))
        }
        #expect(GraphLayout(Graph(nodes: tangle, start: 0), maximumText: 8).boxes.count == 1500)
        let fork = Graph.Node(
            name: "F", kind: .choice,
            exits: (1...LanguageLimits.rules).map { Graph.Exit(target: $0, reason: .rule("\($0)")) })
        let ends = (1...LanguageLimits.rules).map { Graph.Node(name: "L\($0)", kind: .succeed) }
        let wide = GraphLayout(Graph(nodes: [fork] + ends, start: 0), maximumText: 8)
        #expect(wide.boxes.count == LanguageLimits.rules + 1)
        #expect(GraphPicture.lines(of: wide, columns: 200) == nil)
    }

    @Test func `every definition of the public cases is drawn without a flaw`() throws {
        let path = "states-language/executions.jsonl"
        guard Suites.has(path) else { return }
        var drawn = 0
        for line in Suites.bytes(path).split(separator: UInt8(ascii: "\n")) {
            guard let definition = try JSON(parsing: Array(line))["definition"],
                let machine = try? StateMachine(parsing: definition.string ?? definition.text, jsonata: .stepFunctions)
            else { continue }
            let graph = Graph(of: machine)
            for isFollowed in [false, true] {
                let layout = GraphLayout(graph, maximumText: 20, isFollowed: isFollowed)
                let flaws = LayoutCheck.flaws(of: layout, for: graph)
                #expect(flaws.isEmpty, "\(flaws) \(definition.text)")
            }
            drawn += 1
        }
        #expect(drawn > 300)
        print("pictures of public definitions: \(drawn) drawn")
    }

    @Test(
        arguments: [
            (#"{"Variable":"$.a","NumericGreaterThanEquals":1.5,"Next":"S"}"#, "$.a >= 1.5"),
            (#"{"Variable":"$.a","StringEqualsPath":"$.b","Next":"S"}"#, "$.a = $.b"),
            (#"{"Variable":"$.a","StringMatches":"x*y","Next":"S"}"#, #"$.a matches "x*y""#),
            (
                #"{"Variable":"$.a","TimestampLessThan":"2026-11-20T12:00:00Z","Next":"S"}"#,
                "$.a < 2026-11-20T12:00:00.000Z"
            ),
            (#"{"Not":{"Variable":"$.a","IsPresent":true},"Next":"S"}"#, "not ($.a is present)"),
            (
                #"{"Or":[{"And":[{"Variable":"$.a","IsNull":true},{"Variable":"$.b","BooleanEquals":false}]},{"Variable":"$.c","IsString":false}],"Next":"S"}"#,
                "($.a is null and $.b is false) or $.c is no string"
            ),
        ])
    func `conditions are said in words`(rule: String, words: String) throws {
        let graph = try Self.graph(
            #"{"StartAt":"C","States":{"C":{"Type":"Choice","Choices":[\#(rule)]},"S":{"Type":"Succeed"}}}"#)
        #expect(graph.nodes[0].exits == [Graph.Exit(target: 1, reason: .rule(words))])
    }

    /// To make them anew: `martlet workflows svg Examples/order-workflow/order.asl.json --output docs/order-workflow.svg`.
    @Test func `the pictures in the documentation are those of the example`() throws {
        let root = Suites.packageRoot
        let definition = try String(contentsOfFile: root + "/Examples/order-workflow/order.asl.json", encoding: .utf8)
        let graph = try Self.graph(definition)
        #expect(LayoutCheck.flaws(of: GraphLayout(graph), for: graph).isEmpty)
        let svg = try String(contentsOfFile: root + "/docs/order-workflow.svg", encoding: .utf8)
        #expect(GraphSVG.text(of: graph, title: "order") == svg)
        let picture = GraphPicture.lines(of: GraphLayout(graph, maximumText: 28)) ?? []
        let page = try String(contentsOfFile: root + "/docs/workflows.md", encoding: .utf8)
        #expect(page.contains(picture.map(\.text).joined(separator: "\n")), "docs/workflows.md has another picture")
    }
}
