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
