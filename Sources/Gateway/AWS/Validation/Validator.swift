/// Checks an input against its model and says what is wrong in AWS's own words.
struct Validator {
    private let shapes: ShapeTable
    private let operation: OperationModel

    /// More than these are not looked for: the caller has enough to repair.
    private static let mostViolations = 10
    /// Longer texts that break another constraint are not matched against a pattern.
    private static let longestMatched = 8192
    /// Longer values are shown by their beginning.
    private static let longestValue = 512

    init(_ operation: OperationModel) {
        self.operation = operation
        shapes = operation.shapes
    }

    /// The error for everything that is wrong with the input; `nil` if nothing is.
    func error(in input: WireValue) -> WireError? {
        guard let member = operation.input else { return nil }
        if operation.service.signingName == "sqs",
            let name = shapes[member].required.first(where: { input[$0] == nil })
        {
            return SQSError.missing(name)
        }
        var violations: [String] = []
        check(members: input, of: shapes[member], at: "", &violations)
        return violations.isEmpty ? nil : .invalid(violations, operation.service)
    }

    private func check(_ value: WireValue, as member: Member, at path: String, _ violations: inout [String]) {
        guard violations.count < Self.mostViolations else { return }
        let shape = shapes[member]
        for constraint in constraints(broken: value, shape) { report(value, shape, path, constraint, &violations) }
        switch shape.kind {
        case .structure: check(members: value, of: shape, at: path, &violations)
        case .list: check(elements: value, of: shape, at: path, &violations)
        case .map: check(entries: value, of: shape, at: path, &violations)
        default: break
        }
    }

    private func check(members value: WireValue, of shape: Shape, at path: String, _ violations: inout [String]) {
        let prefix = path.isEmpty ? "" : path + "."
        for name in shape.required where value[name] == nil {
            report(.null, shape, prefix + Self.lowered(name), "Member must not be null", &violations)
        }
        for member in shape.members {
            guard let content = value[member.name] else { continue }
            check(content, as: member, at: prefix + Self.lowered(member.name), &violations)
        }
    }

    private func check(elements value: WireValue, of shape: Shape, at path: String, _ violations: inout [String]) {
        guard let element = shape.element, let elements = value.list else { return }
        let own = shapes[element]
        for (position, content) in elements.enumerated() {
            if own.kind == .structure || own.kind == .list || own.kind == .map, !content.isNull {
                check(content, as: element, at: "\(path).\(position + 1).member", &violations)
            } else if case let broken = constraints(broken: content, own), !broken.isEmpty {
                let constraint = "Member must satisfy constraint: [\(broken.joined(separator: ", "))]"
                report(value, own, path, constraint, &violations)
                return
            }
        }
    }

    private func check(entries value: WireValue, of shape: Shape, at path: String, _ violations: inout [String]) {
        guard let key = shape.key, let element = shape.value, let fields = value.fields else { return }
        for (name, content) in fields.members {
            guard violations.count < Self.mostViolations else { return }
            if case let broken = constraints(broken: .string(name), shapes[key]), !broken.isEmpty {
                let constraint = "Map keys must satisfy constraint: [\(broken.joined(separator: ", "))]"
                report(value, shape, path, constraint, &violations)
            }
            let own = shapes[element]
            if own.kind == .structure || own.kind == .list || own.kind == .map, !content.isNull {
                check(content, as: element, at: "\(path).\(name).member", &violations)
            } else if case let broken = constraints(broken: content, own), !broken.isEmpty {
                let constraint = "Map value must satisfy constraint: [\(broken.joined(separator: ", "))]"
                report(value, own, path, constraint, &violations)
            }
        }
    }

    private func report(
        _ value: WireValue, _ shape: Shape, _ path: String, _ constraint: String, _ violations: inout [String]
    ) {
        guard violations.count < Self.mostViolations else { return }
        let shown = value.isNull ? "null" : shape.isSensitive ? "'***'" : "'\(Self.described(value))'"
        let violation =
            "Value \(shown) at '\(path.prefix(Self.longestValue))' failed to satisfy constraint: \(constraint)"
        if !violations.contains(violation) { violations.append(violation) }
    }

    private static func lowered(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() }
}

extension Validator {
    private func constraints(broken value: WireValue, _ shape: Shape) -> [String] {
        switch value {
        case .null: ["Member must not be null"]
        case .string(let text): constraints(text: text, shape)
        case .blob(let bytes): constraints(length: bytes.count, shape)
        case .list(let elements): constraints(length: elements.count, shape)
        case .structure(let fields): shape.kind == .map ? constraints(length: fields.count, shape) : []
        case .integer, .double: constraints(number: value.double ?? 0, shape)
        case .bool, .timestamp: []
        }
    }

    private func constraints(text: String, _ shape: Shape) -> [String] {
        var broken: [String] = []
        if let enumeration = shape.enumeration, !enumeration.contains(text) {
            broken.append("Member must satisfy enum value set: [\(enumeration.joined(separator: ", "))]")
        }
        broken += constraints(length: text.utf16.count, shape)
        // A text that is far too long anyway is not worth the time of a match.
        if text.utf8.count > Self.longestMatched, !broken.isEmpty { return broken }
        if let pattern = shape.pattern, PatternCache.pattern(pattern)?.matches(text) == false {
            broken.append("Member must satisfy regular expression pattern: \(pattern)")
        }
        return broken
    }

    private func constraints(length: Int, _ shape: Shape) -> [String] {
        constraints(Double(length), shape, "length")
    }

    private func constraints(number: Double, _ shape: Shape) -> [String] {
        constraints(number, shape, "value")
    }

    private func constraints(_ measure: Double, _ shape: Shape, _ noun: String) -> [String] {
        var broken: [String] = []
        if let maximum = shape.maximum, measure > maximum {
            broken.append("Member must have \(noun) less than or equal to \(ScalarText.doubleText(maximum))")
        }
        if let minimum = shape.minimum, measure < minimum {
            broken.append("Member must have \(noun) greater than or equal to \(ScalarText.doubleText(minimum))")
        }
        return broken
    }

    private static func described(_ value: WireValue) -> String {
        var text = ""
        describe(value, into: &text)
        return String(text.prefix(longestValue))
    }

    private static func describe(_ value: WireValue, into text: inout String) {
        guard text.utf8.count < longestValue * 4 else { return }
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .double(let number), .timestamp(let number): text += ScalarText.doubleText(number)
        case .string(let string): text += string.prefix(longestValue)
        case .blob(let bytes): text += "blob of \(bytes.count) bytes"
        case .list(let elements):
            text += "["
            for (position, element) in elements.prefix(longestValue).enumerated() {
                if position > 0 { text += ", " }
                describe(element, into: &text)
            }
            text += "]"
        case .structure(let fields):
            text += "{"
            for (position, member) in fields.members.prefix(longestValue).enumerated() {
                text += (position > 0 ? ", " : "") + member.name.prefix(longestValue) + "="
                describe(member.value, into: &text)
            }
            text += "}"
        }
    }
}
