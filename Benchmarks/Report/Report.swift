/// Where figures go: as words for people or, with `--json`, as one object a line for `dev/bench`.
package struct Report {
    private let isJSON: Bool

    /// Takes what was asked for.
    package init(isJSON: Bool) { self.isJSON = isJSON }

    /// A figure with the bound that it must keep, if there is one.
    package func row(_ what: String, _ value: Double, _ unit: String, bound: Double? = nil, atLeast: Bool = false) {
        guard isJSON else { return print("\(what): \(value.rounded()) \(unit)") }
        let limit = bound.map { #", "bound": \#($0), "at_least": \#(atLeast)"# } ?? ""
        print(#"{"what": "\#(what)", "value": \#(value), "unit": "\#(unit)"\#(limit)}"#)
    }
}
