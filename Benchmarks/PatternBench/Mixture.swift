/// How the rules of a set are alike.
enum Mixture: String, CaseIterable {
    case mixed
    case ranges
    case shared

    /// The text of a rule.
    func rule(number: Int) -> String {
        switch self {
        case .mixed: #"{"source":["shop.\#(number / 12 % 8)"],"detail":{\#(condition(number))}}"#
        case .ranges:
            #"{"source":["shop.\#(8 + number)"],"detail":{"amount":[{"numeric":[">=",\#(number % 100)]}]}}"#
        case .shared: #"{"source":[{"prefix":"shop."}],"detail":{\#(condition(number))}}"#
        }
    }

    /// One of each kind of matcher, about a number; those of events are below a hundred.
    private func condition(_ value: Int) -> String {
        switch value % 12 {
        case 0: #""order-id":["order-\#(value)"]"#
        case 1: #""key":[{"prefix":"incoming/2026/11/\#(value)/"}]"#
        case 2: #""key":[{"suffix":"picture-\#(value).jpeg"}]"#
        case 3: #""order-id":[{"equals-ignore-case":"ORDER-\#(value)"}]"#
        case 4: #""key":[{"wildcard":"incoming/*/picture-\#(value).jpeg"}]"#
        case 5: #""key":[{"wildcard":"*/\#(value)/*"}]"#
        case 6: #""amount":[{"numeric":[">",\#(value),"<",\#(value + 1)]}]"#
        case 7: #""address":[{"cidr":"10.\#(value / 250 % 250).\#(value % 250).0/24"}]"#
        case 8: #""items":{"sku":["sku-\#(value)"],"count":[2]}"#
        case 9: #""state":[{"anything-but":["placed","paid"]}],"tags":["tag-\#(value)"]"#
        case 10: #""field-\#(value)":[{"exists":true}]"#
        default:
            #""voucher":[{"exists":true}],"customer":{"email":[{"prefix":{"equals-ignore-case":"ADA\#(value)@"}}]}"#
        }
    }
}
