import Core
import Testing

@testable import JSONata

/// What errors say: the code, where, about what, and a sentence for a person.
struct ErrorTests {
    private static func error(_ text: String, of input: JSON? = nil) throws -> JSONataError {
        try #require(throws: JSONataError.self) { try JSONataExpression(parsing: text).value(of: input) }
    }

    @Test(arguments: [
        ("1 +", "S0207", 3, "Unexpected end of expression"),
        ("(1", "S0203", 2, #"Expected ")" before end of expression"#),
        ("[1;2]", "S0202", 3, #"Expected "]", got ";""#),
        ("'a", "S0101", 2, "String literal must be terminated by a matching quote"),
        (#""\x""#, "S0103", 3, #"Unsupported escape sequence: \x"#),
        ("`a", "S0105", 2, "Quoted property name must be terminated with a backquote (`)"),
        ("1 /* a", "S0106", 2, "Comment has no closing tag"), ("a b", "S0201", 3, #"Syntax error: "b""#),
        ("a ! b", "S0204", 3, #"Unknown operator: "!""#), ("1e999", "S0102", 5, #"Number out of range: "1e999""#),
        ("/a", "S0302", 2, "No terminating / in regular expression"),
        ("//", "S0301", 1, "Empty regular expressions are not allowed"),
        ("/a**/", "S0303", 3, "The regular expression is not valid: there is nothing to repeat"),
        (
            "function($a, b){1}", "S0208", 14,
            "Parameter 2 of function definition must be a variable name (start with $)"
        ),
        ("a.1", "S0213", 3, "The literal value 1 cannot be used as a step within a path expression"),
        ("1 + 'a'", "T2002", 3, #"The right side of the "+" operator must evaluate to a number"#),
        ("-'a'", "D1002", 1, #"Cannot negate a non-numeric value: "a""#),
        ("1 < 'a'", "T2009", 3, #"The values 1 and "a" either side of operator "<" must be of the same data type"#),
        ("sum(1)", "T1005", 4, "Attempted to invoke a non-function. Did you mean $sum?"),
        ("$sum('a')", "T0412", 5, #"Argument 1 of function "sum" must be an array of "numbers""#),
        ("$uppercase(1)", "T0410", 11, #"Argument 1 of function "uppercase" does not match function signature"#),
        ("$length()", "T0411", 8, #"Context value is not a compatible type with argument 1 of function "length""#),
        ("$error('so')", "D3137", 7, "so"),
        ("{1: 2}", "T1003", 1, "Key in object structure must evaluate to a string; got: 1"),
        ("$number('x')", "D3030", 8, #"Unable to cast value to a number: "x""#),
    ]) func `an error says what is wrong and where`(
        _ text: String, _ code: String, _ position: Int, _ sentence: String
    ) throws {
        let error = try Self.error(text, of: 1)
        #expect(error.code == code)
        #expect(error.position == position)
        #expect(error.description == sentence)
    }

    @Test func `an error shows no more of a value than is needed`() throws {
        let large = JSON.string(String(repeating: "x", count: 100_000))
        let error = try Self.error("$number($)", of: large)
        #expect(error.description.count < 300)
        let deep = try Self.error("-$", of: .array(Array(repeating: [large], count: 10)))
        #expect(deep.description == "Cannot negate a non-numeric value: [array]")
    }

    @Test func `every code that is thrown has a sentence`() {
        for (code, words) in ErrorWords.templates {
            #expect(code.count == 5 && !words.isEmpty && words.count { $0 == "{" } == words.count { $0 == "}" })
        }
    }

    @Test func `every function has a signature`() {
        for builtin in Builtin.allCases { #expect(builtin.arity <= 4 && builtin.signature.parameters.count <= 4) }
    }
}
