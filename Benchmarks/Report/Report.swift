/// Where figures go: as words for people or, with `--json`, as one object a line for `dev/bench`.
package struct Report {
    private let isJSON: Bool

    /// Takes what was asked for.
    package init(isJSON: Bool) { self.isJSON = isJSON }

    /// A figure with what it is compared with and the bound that it, or its ratio to that, must keep, if there are any.
    package func row(
        _ what: String, _ value: Double, _ unit: String, against: (what: String, value: Double)? = nil,
        bound: Double? = nil, atLeast: Bool = false
    ) {
        guard isJSON else { return print("\(what): \(value.rounded()) \(unit)") }
        let yardstick = against.map { #", "against": "\#($0.what)", "baseline": \#($0.value)"# } ?? ""
        let limit = bound.map { #", "bound": \#($0), "at_least": \#(atLeast)"# } ?? ""
        print(#"{"what": "\#(what)", "value": \#(value), "unit": "\#(unit)"\#(yardstick)\#(limit)}"#)
    }
}
