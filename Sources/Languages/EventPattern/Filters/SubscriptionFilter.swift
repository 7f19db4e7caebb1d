import Core

/// Which messages of a topic a subscription wants: a filter policy, about the attributes or the body of a message.
///
/// The language is that of event patterns with bounds of its own. About attributes a policy names them and nothing
/// inside them; the elements of a `String.Array` are the values of its attribute. To ask many subscriptions at once,
/// their patterns may be put into a `RuleSet` and matched with `event(of:)` or the body.
package struct SubscriptionFilter: Hashable, Sendable {
    /// What a policy is about.
    package enum Scope: String, Hashable, Sendable {
        case messageAttributes = "MessageAttributes"
        case messageBody = "MessageBody"
    }

    package let pattern: EventPattern
    package let scope: Scope

    /// Names that a policy about attributes may have.
    package static let maximumKeys = 5
    /// Combinations of values that a policy may allow; values deep inside a body count once for each level.
    package static let maximumCombinations = 150

    private static let limits = PatternLimits(
        bytes: 262_144, depth: 100, combinations: maximumCombinations, wildcardComplexity: 10)

    /// Reads a policy.
    package init(parsing policy: String, scope: Scope) throws(SubscriptionFilterFlaw) {
        do throws(PatternError) {
            pattern = try EventPattern(parsing: policy, limits: Self.limits)
        } catch {
            throw error.flaw == .tooManyCombinations(limit: Self.maximumCombinations)
                ? .tooComplex(limit: Self.maximumCombinations) : .badPolicy(error)
        }
        self.scope = scope
        if scope == .messageAttributes {
            // An attribute's name may have a point in it, so that only the text tells what is nested.
            guard Self.isFlat(policy) else { throw .nested }
            let keys = Set(pattern.branches.flatMap { $0.fields.map(\.path) })
            guard keys.count <= Self.maximumKeys else { throw .tooManyKeys(limit: Self.maximumKeys) }
        }
        guard combinations <= Self.maximumCombinations else { throw .tooComplex(limit: Self.maximumCombinations) }
    }

    /// Whether a message with these attributes is wanted, by a policy about attributes.
    package func accepts(attributes: [String: SubscriptionAttribute]) throws(EventError) -> Bool {
        try accepts(Self.event(of: attributes))
    }

    /// Whether a message with this body is wanted, by a policy about bodies; one that is no JSON object is not.
    package func accepts(body: [UInt8]) throws(EventError) -> Bool {
        do throws(EventError) {
            return try accepts(body)
        } catch {
            if case .tooManyCombinations = error { throw error }
            return false
        }
    }

    /// The attributes of a message as an event.
    package static func event(of attributes: [String: SubscriptionAttribute]) -> [UInt8] {
        JSON.object(JSONObject(attributes.compactMap { name, value in value.json.map { (name, $0) } })).serialized
    }

    private func accepts(_ event: [UInt8]) throws(EventError) -> Bool {
        var rules = RuleSet<Bool>()
        rules.add(pattern, as: true)
        return try !rules.names(matching: event).isEmpty
    }

    private var combinations: Int {
        var sum = 0
        for branch in pattern.branches {
            var product = 1
            for field in branch.fields {
                let levels = scope == .messageBody ? field.path.count { $0 == UInt8(ascii: ".") } + 1 : 1
                let values = field.matchers.count * levels
                guard product <= Self.maximumCombinations else { break }
                product *= min(values, Self.maximumCombinations + 1)
            }
            sum += product
        }
        return sum
    }

    /// Whether no name but `$or` holds an object.
    private static func isFlat(_ policy: String) -> Bool {
        // The policy was read before, so that it is JSON and as deep as that allows.
        guard let object = (try? JSON(parsing: policy))?.object else { return false }
        return isFlat(object)
    }

    private static func isFlat(_ object: JSONObject) -> Bool {
        object.members.allSatisfy { member in
            if member.key == "$or" { return (member.value.array ?? []).allSatisfy { $0.object.map(isFlat) ?? false } }
            return member.value.object == nil
        }
    }
}

/// Why a text is no filter policy.
package enum SubscriptionFilterFlaw: Error, Hashable, Sendable {
    case badPolicy(PatternError)
    case nested
    case tooManyKeys(limit: Int)
    case tooComplex(limit: Int)
}

extension SubscriptionFilterFlaw: CustomStringConvertible {
    /// The words of the service, behind `Invalid parameter: FilterPolicy: `.
    package var description: String {
        switch self {
        case .badPolicy(let error): error.description
        case .nested: "Filter policy scope MessageAttributes does not support nested filter policy"
        case .tooManyKeys(let limit): "Filter policy can not have more than \(limit) keys"
        case .tooComplex: "Filter policy is too complex"
        }
    }
}
