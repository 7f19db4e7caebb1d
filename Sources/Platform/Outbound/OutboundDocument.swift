import Core
import Egress

/// The rules of one scope as they were written: `{"rules": [...], "limits": {...}}`, or the list of rules alone.
package struct OutboundDocument: Sendable {
    /// What is wrong with a text.
    package enum Flaw: Error, Equatable, Sendable {
        case tooLarge(limit: Int)
        case notJSON(JSONError)
        case unknownMember(String)
        case rule(EgressRuleFault)
        case limits(EgressRuleError)
    }

    /// Bytes of a text.
    package static let limit = 1 << 20

    package let text: String
    let rules: [EgressRule]
    let limits: EgressLimits?

    /// Parses a text.
    package init(_ text: String) throws(Flaw) {
        guard text.utf8.count <= Self.limit else { throw .tooLarge(limit: Self.limit) }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: text) } catch { throw .notJSON(error) }
        var list = json
        var limits: EgressLimits?
        if let object = json.object {
            list = []
            for member in object.members {
                switch member.key {
                case "rules": list = member.value
                case "limits":
                    do throws(EgressRuleError) { limits = try EgressLimits(member.value) } catch {
                        throw .limits(error)
                    }
                default: throw .unknownMember(member.key)
                }
            }
        }
        do throws(EgressRuleFault) { rules = try EgressRule.list(parsing: list.text) } catch { throw .rule(error) }
        self.limits = limits
        self.text = text
    }
}

extension OutboundDocument.Flaw {
    /// What is wrong and where, for whoever wrote the rules.
    package var sentence: String {
        switch self {
        case .tooLarge(let limit): "Rules have at most \(limit) bytes."
        case .notJSON(let error): "The rules are not JSON: \(error.reason) at byte \(error.offset)."
        case .unknownMember(let name): "There is no member \"\(name)\": rules have \"rules\" and \"limits\"."
        case .rule(let fault): (fault.rule.map { "rules[\($0)]: " } ?? "") + "\(fault.reason)"
        case .limits(let error): "limits: \(error)"
        }
    }
}
