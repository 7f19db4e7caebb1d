import Core

extension DefinitionReader {
    /// An object, or nothing and a note that it should be one.
    mutating func object(_ json: JSON, at place: Place) -> JSONObject? {
        guard let members = json.object else {
            note(.schema, "Expected value of type Object", at: place)
            return nil
        }
        return members
    }

    /// A member that must be there.
    mutating func required(_ members: JSONObject, _ key: String, at place: Place) -> JSON? {
        guard let value = members[key] else {
            note(.schema, "The field '\(key)' is required but was missing", at: place)
            return nil
        }
        return value
    }

    /// A text, if the member is there.
    mutating func string(_ members: JSONObject, _ key: String, at place: Place) -> String? {
        guard let value = members[key] else { return nil }
        guard let text = value.string else {
            note(.schema, "Expected value of type String", at: place.member(key))
            return nil
        }
        return text
    }

    /// A text that must be there.
    mutating func requiredString(_ members: JSONObject, _ key: String, at place: Place) -> String? {
        guard required(members, key, at: place) != nil else { return nil }
        return string(members, key, at: place)
    }

    /// One of several texts, if the member is there.
    mutating func choice(_ members: JSONObject, _ key: String, _ values: [String], at place: Place) -> String? {
        guard let text = string(members, key, at: place) else { return nil }
        guard values.contains(text) else {
            note(
                .schema, "Value '\(text)' is not supported; use one of \(values.joined(separator: ", "))",
                at: place.member(key))
            return nil
        }
        return text
    }

    /// A whole number in a range, if the member is there.
    mutating func integer(_ members: JSONObject, _ key: String, _ range: ClosedRange<Int>, at place: Place) -> Int? {
        guard let value = members[key] else { return nil }
        guard let number = value.integer, let found = Int(exactly: number) else {
            note(.schema, "Expected value of type Integer", at: place.member(key))
            return nil
        }
        return within(range, found, at: place.member(key))
    }

    /// A number in a range, if the member is there.
    mutating func number(
        _ members: JSONObject, _ key: String, _ range: ClosedRange<Double>, at place: Place
    ) -> Double? {
        guard let value = members[key] else { return nil }
        guard let number = value.double, number.isFinite else {
            note(.schema, "Expected value of type Number", at: place.member(key))
            return nil
        }
        return within(range, number, at: place.member(key))
    }

    private mutating func within<Number: Comparable>(
        _ range: ClosedRange<Number>, _ number: Number, at place: Place
    ) -> Number? {
        if range.contains(number) { return number }
        let isBelow = number < range.lowerBound
        note(
            .schema, isBelow ? "Minimum value is \(range.lowerBound)" : "Maximum value is \(range.upperBound)",
            at: place)
        return nil
    }

    /// An array of which there is not too much, if the member is there.
    mutating func array(_ members: JSONObject, _ key: String, at place: Place) -> [JSON]? {
        guard let value = members[key] else { return nil }
        guard let elements = value.array else {
            note(.schema, "Expected value of type Array", at: place.member(key))
            return nil
        }
        guard elements.count <= LanguageLimits.rules else {
            note(.schema, "There are more than \(LanguageLimits.rules) elements", at: place.member(key))
            return nil
        }
        return elements
    }

    /// An array with at least one element, if the member is there.
    mutating func filledArray(_ members: JSONObject, _ key: String, at place: Place) -> [JSON]? {
        guard let elements = array(members, key, at: place) else { return nil }
        guard !elements.isEmpty else {
            note(.schema, "Value cannot be empty", at: place.member(key))
            return nil
        }
        return elements
    }

    /// Notes every member that is none of those that may be there.
    mutating func refuseOthers(_ members: JSONObject, _ known: Set<String>, at place: Place) {
        for member in members.members where !known.contains(member.key) {
            note(.schema, "Field '\(member.key)' is not supported", at: place)
        }
    }

    /// Notes where more than one of several members is there, or none that must be.
    mutating func exactlyOne(_ members: JSONObject, of keys: [String], at place: Place, isRequired: Bool = true) {
        let found = keys.filter { members[$0] != nil }
        if found.count > 1 {
            let message = "There should only be one of the following fields: [\(found.joined(separator: ", "))]"
            note(.schema, message, at: place)
        } else if found.isEmpty, isRequired {
            note(.schema, "One of these fields is required: \(keys.joined(separator: ", "))", at: place)
        }
    }
}
