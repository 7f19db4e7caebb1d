import Core

/// A condition on a JSON message.
package indirect enum FilterCondition: Sendable {
    case and(FilterCondition, FilterCondition)
    case or(FilterCondition, FilterCondition)
    case value(FilterSelector, FilterTest)
    case isNull(FilterSelector)
    case isBool(FilterSelector, Bool)
    case notExists(FilterSelector)

    func holds(for json: JSON) -> Bool {
        switch self {
        case .and(let left, let right): left.holds(for: json) && right.holds(for: json)
        case .or(let left, let right): left.holds(for: json) || right.holds(for: json)
        case .value(let selector, let test): selector.value(in: json).map { test.holds(for: $0) } ?? false
        case .isNull(let selector): selector.value(in: json)?.isNull == true
        case .isBool(let selector, let flag): selector.value(in: json)?.bool == flag
        case .notExists(let selector): selector.value(in: json) == nil
        }
    }
}

/// The way to a value: `$.a.b[0]`.
package struct FilterSelector: Sendable {
    enum Step: Sendable {
        case member(String)
        case element(Int)
    }

    let steps: [Step]

    func value(in json: JSON) -> JSON? {
        var value = json
        for step in steps {
            switch step {
            case .member(let name):
                guard let member = value[name] else { return nil }
                value = member
            case .element(let index):
                guard let elements = value.array, index < elements.count else { return nil }
                value = elements[index]
            }
        }
        return value
    }
}
