import Core

/// The server's explanation of a decision, in sentences.
struct AccessWords {
    private let answer: JSON

    /// Takes what `ExplainAccess` answered.
    init(_ answer: JSON) { self.answer = answer }

    /// One line: allowed or denied, and by what.
    var verdict: String {
        guard answer["Allowed"]?.bool != true else {
            guard let statement = answer["DecidingStatement"] else { return "allowed: the account itself may do all" }
            return "allowed by \(Self.name(statement))"
        }
        if let statement = answer["DecidingStatement"] { return "denied by \(Self.name(statement))" }
        return "denied: no \(Self.kind(answer["MissingPolicyKind"]?.string)) allows \(answer["Action"]?.string ?? "it")"
    }

    /// The verdict, what else applies, the near misses, and what should be known besides.
    var explanation: [String] {
        var lines = [
            verdict, "  principal: \(answer["Principal"]?.string ?? "")", "  action: \(answer["Action"]?.string ?? "")",
            "  resource: \(answer["Resource"]?.string ?? "")",
        ]
        let deciding = answer["DecidingStatement"]
        for statement in answer["AppliedStatements"]?.array ?? [] where statement != deciding {
            lines.append("also applies: \(Self.effect(statement)) in \(Self.name(statement))")
        }
        for miss in answer["NearMisses"]?.array ?? [] {
            guard let statement = miss["Statement"] else { continue }
            lines.append("near miss: \(Self.effect(statement)) in \(Self.name(statement))")
            if miss["IsForOthers"]?.bool == true { lines.append("  its principals are others") }
            for condition in miss["FailedConditions"]?.array ?? [] {
                let reason = condition["IsAbsent"]?.bool == true ? "the key has no value" : "the value is another"
                lines.append(
                    "  \(condition["Operator"]?.string ?? "") on \(condition["Key"]?.string ?? "") does not hold: \(reason)"
                )
            }
        }
        return lines + (answer["Notes"]?.array ?? []).compactMap(\.string).map { "note: \($0)" }
    }

    private static func effect(_ statement: JSON) -> String { statement["Effect"]?.string ?? "a statement" }

    /// The policy, the place and the Sid of a statement.
    private static func name(_ statement: JSON) -> String {
        let sid = statement["Sid"]?.string.map { " (\($0))" } ?? ""
        return "\(kind(statement["PolicyKind"]?.string)) '\(statement["Policy"]?.string ?? "")', "
            + "statement \(statement["Index"]?.integer ?? 0)\(sid)"
    }

    private static func kind(_ name: String?) -> String {
        switch name {
        case "identity": "identity-based policy"
        case "resource": "resource-based policy"
        case "trust": "role trust policy"
        case "boundary": "permissions boundary"
        case "session": "session policy"
        default: "policy"
        }
    }
}
