import Testing

@testable import AccessPolicy

/// Where statements stand in a text.
@Suite struct StatementPlaceTests {
    private func places(_ text: String) -> [String] {
        StatementPlaces(in: text).extents.map {
            "\($0.start.line):\($0.start.column)-\($0.end.line):\($0.end.column)"
        }
    }

    @Test func `a statement begins behind what stands before it, and ends behind its brace`() {
        #expect(places(#"{"Statement":{"a":{"b":[1,{}]}}}"#) == ["1:14-1:32"])
        #expect(places(#"{"Version":"x","Statement":[{"a":1},{"b":2}],"Id":"}{"}"#) == ["1:29-1:36", "1:37-1:44"])
    }

    @Test func `lines count, and braces in texts do not`() {
        let text = """
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "é{\\"}["
                    }
                ]
            }
            """
        #expect(places(text) == ["3:19-6:10"])
    }

    @Test(arguments: [
        "", "{", "\"", "{\"Statement\":", "[]", "{\"Statement\":[}]", "\"\\", "}}}}", "{\"Statement\":\"{}\"}",
    ])
    func `what is no policy has no places, and does no harm`(_ text: String) { _ = StatementPlaces(in: text) }

    @Test func `there are as many places as statements`() throws {
        for count in [1, 2, 17] {
            let one = #"{"Effect":"Allow","Action":"s3:*","Resource":["*","arn:aws:s3:::a,b"]}"#
            let text = #"{"Statement":["# + Array(repeating: one, count: count).joined(separator: " , ") + "]}"
            #expect(try Policy(parsing: text, use: .identity).statements.count == count)
            #expect(StatementPlaces(in: text).extents.count == count)
        }
    }

    @Test func `a warning is a sentence with its place`() throws {
        let policy = try Policy(
            parsing: #"{"Statement":{"Effect":"Allow","Action":["s4:Get*","lambda:*"],"Resource":"*"}}"#, use: .identity
        )
        #expect(
            policy.warnings(knownServices: ["lambda"]).map(\.description) == [
                #"Statement[0].Action[0] can never match: no service here has the prefix "s4""#
            ])
    }
}
