/// The smallest part of an expression's text.
struct Token {
    /// What it is.
    enum Kind: Hashable {
        case symbol(String)
        case name(String)
        case variable(String)
        case string(String)
        case number(Double)
        case bool(Bool)
        case null
        case regex(RegularExpression)
        case end
    }

    let kind: Kind
    /// How many scalars come before its end.
    let position: Int

    /// The symbol, if it is one.
    var symbol: String? {
        if case .symbol(let symbol) = kind { symbol } else { nil }
    }

    /// How errors and signatures show it.
    var text: String {
        switch kind {
        case .symbol(let text), .name(let text), .variable(let text), .string(let text): text
        case .number(let number): NumberText.shortest(number)
        case .bool(let flag): String(flag)
        case .null: "null"
        case .regex(let expression): expression.source
        case .end: "(end)"
        }
    }
}
