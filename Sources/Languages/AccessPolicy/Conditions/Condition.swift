import Core

/// One operator, one key and the values it is compared with: all conditions of a statement must hold.
///
/// A value in all but name, like the statement it belongs to.
package final class Condition: Sendable {
    /// The values, in the form they are compared in.
    enum Values: Hashable, Sendable {
        case texts([TextPattern])
        case numbers([DecimalNumber])
        case instants([Instant])
        case ranges([AddressRange])
        case binaries([[UInt8]])
        /// For `Null`: whether the key must be absent.
        case absence([Bool])
    }

    /// Why a value cannot be compared with this operator.
    enum Fault: Error, Equatable {
        case notOfKind
        case badVariable(String)
    }

    package let comparison: ConditionOperator
    package let key: ContextKey
    let values: Values

    /// Compiles the values of a condition; says at which place one is not of the operator's kind.
    init(
        _ comparison: ConditionOperator, key: ContextKey, values: [String], version: Policy.Version
    ) throws(PlacedFault) {
        self.comparison = comparison
        self.key = key
        switch comparison.kind {
        case .text(let kind, let wildcards):
            self.values = .texts(
                try Self.each(values) { text throws(Fault) in
                    try Self.pattern(text, kind, wildcards, version)
                })
        case .bool:
            self.values = .texts(
                try Self.each(values) { text throws(Fault) in
                    let pattern = try Self.pattern(text, .folded, false, version)
                    guard !pattern.isFixed || Self.flag(text) != nil else { throw .notOfKind }
                    return pattern
                })
        case .numeric: self.values = .numbers(try Self.each(values, DecimalNumber.init))
        case .date: self.values = .instants(try Self.each(values, PolicyDate.instant))
        case .address: self.values = .ranges(try Self.each(values) { AddressRange($0) })
        case .binary: self.values = .binaries(try Self.each(values, Base64.decode))
        case .null: self.values = .absence(try Self.each(values, Self.flag))
        }
    }

    /// Which value is wrong, and how.
    struct PlacedFault: Error, Equatable {
        let place: Int
        let fault: Fault
    }

    private static func each<Value>(
        _ texts: [String], _ compile: (String) -> Value?
    ) throws(PlacedFault) -> [Value] {
        try each(texts) { text throws(Fault) in
            guard let value = compile(text) else { throw .notOfKind }
            return value
        }
    }

    private static func each<Value>(
        _ texts: [String], _ compile: (String) throws(Fault) -> Value
    ) throws(PlacedFault) -> [Value] {
        var values: [Value] = []
        for (place, text) in texts.enumerated() {
            do { values.append(try compile(text)) } catch { throw PlacedFault(place: place, fault: error) }
        }
        return values
    }

    private static func pattern(
        _ text: String, _ comparison: TextPattern.Comparison, _ wildcards: Bool, _ version: Policy.Version
    ) throws(Fault) -> TextPattern {
        do {
            return try TextPattern(text, comparison: comparison, wildcards: wildcards, version: version)
        } catch {
            switch error {
            case .badVariable(let variable): throw .badVariable(variable)
            case .notAnARN, .variableBeforeFifthColon: throw .notOfKind
            }
        }
    }

    /// `true` or `false`, in whatever case.
    static func flag(_ text: String) -> Bool? {
        switch Bytes.lowered(text) {
        case "true": true
        case "false": false
        default: nil
        }
    }
}
