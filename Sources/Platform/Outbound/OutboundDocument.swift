import Core
import Egress

/// The rules of one scope as they were written: `{"rules": [...], "services": [...], "limits": {...}}`, or the list of rules
/// alone.
package struct OutboundDocument: Sendable {
    /// What is wrong with a text.
    package enum Flaw: Error, Equatable, Sendable {
        case tooLarge(limit: Int)
        case notJSON(JSONError)
        case unknownMember(String)
        case rule(EgressRuleFault)
        case limits(EgressRuleError)
        case services(EgressRuleFault)
    }

    /// Bytes of a text.
    package static let limit = 1 << 20

    package let text: String
    let rules: [EgressRule]
    let limits: EgressLimits?
    let services: [EgressService]

    /// Parses a text.
    package init(_ text: String) throws(Flaw) {
        guard text.utf8.count <= Self.limit else { throw .tooLarge(limit: Self.limit) }
        let json: JSON
        do throws(JSONError) { json = try JSON(parsing: text) } catch { throw .notJSON(error) }
        var list = json
        var limits: EgressLimits?
        var services: [EgressService] = []
        if let object = json.object {
            list = []
            for member in object.members {
                switch member.key {
                case "rules": list = member.value
                case "limits":
                    do throws(EgressRuleError) { limits = try EgressLimits(member.value) } catch {
                        throw .limits(error)
                    }
                case "services":
                    do throws(EgressRuleFault) { services = try EgressService.list(parsing: member.value) } catch {
                        throw .services(error)
                    }
                default: throw .unknownMember(member.key)
                }
            }
        }
        do throws(EgressRuleFault) { rules = try EgressRule.list(parsing: list.text) } catch { throw .rule(error) }
        self.limits = limits
        self.services = services
        self.text = text
    }
}

extension OutboundDocument.Flaw {
    /// What is wrong and where, for whoever wrote the rules.
    package var sentence: String {
        switch self {
        case .tooLarge(let limit): "Rules have at most \(limit) bytes."
        case .notJSON(let error): "The rules are not JSON: \(error.reason) at byte \(error.offset)."
        case .unknownMember(let name):
            "There is no member \"\(name)\": there are \"rules\", \"services\" and \"limits\"."
        case .rule(let fault): (fault.rule.map { "rules[\($0)]: " } ?? "") + "\(fault.reason)"
        case .limits(let error): "limits: \(error)"
        case .services(let fault): (fault.rule.map { "services[\($0)]: " } ?? "") + "\(fault.reason)"
        }
    }
}
