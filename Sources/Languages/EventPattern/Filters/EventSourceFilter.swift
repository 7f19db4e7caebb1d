import Core

/// Which records of an event source a function wants: the filter criteria of an event source mapping.
///
/// A record goes on if any pattern matches it. Its payload, such as the body of a message, is matched as JSON where it
/// is an object or an array, else as a string; a pattern that is written for the other kind does not match.
package struct EventSourceFilter: Sendable {
    /// Where a pattern looks for the payload.
    private enum Kind: Hashable, Sendable {
        case json
        case text
        case none
    }

    private var rules = RuleSet<Kind>()
    private let payloadName: String

    /// Patterns that one mapping may have: the quota that can be asked for.
    package static let maximumPatterns = 10

    /// Reads the patterns; `payloadName` is `body` for queues, `data` for streams.
    package init(parsing patterns: [String], payloadName: String) throws(EventSourceFilterFlaw) {
        guard patterns.count <= Self.maximumPatterns else { throw .tooManyPatterns(limit: Self.maximumPatterns) }
        self.payloadName = payloadName
        for (number, text) in patterns.enumerated() {
            do throws(PatternError) {
                let pattern = try EventPattern(parsing: text)
                for branch in pattern.branches {
                    rules.add(EventPattern(branch), as: Self.kind(of: branch, payloadName))
                }
            } catch {
                throw .badPattern(number: number, error)
            }
        }
    }

    /// Whether a record goes on; without patterns all do.
    ///
    /// `record` holds everything but the payload.
    package func accepts(_ record: JSONObject, payload: [UInt8]) throws(EventError) -> Bool {
        guard rules.count > 0 else { return true }
        var record = record
        let parsed = Self.json(payload)
        record[payloadName] = parsed ?? .string(String(decoding: payload, as: UTF8.self))
        let kinds = try rules.names(matching: JSON.object(record).serialized)
        return kinds.contains(.none) || kinds.contains(parsed == nil ? .text : .json)
    }

    /// A payload nests one level deeper than itself.
    private static func json(_ payload: [UInt8]) -> JSON? {
        // What is not JSON is text.
        guard let parsed = try? JSON(parsing: payload, maximumDepth: JSON.standardDepth - 1) else { return nil }
        guard parsed.object != nil || parsed.array != nil else { return .none }
        return parsed
    }

    private static func kind(of branch: PatternBranch, _ payloadName: String) -> Kind {
        let name = Array(payloadName.utf8)
        let inside = name + [UInt8(ascii: ".")]
        if branch.fields.contains(where: { $0.path.starts(with: inside) }) { return .json }
        return branch.fields.contains { $0.path == name } ? .text : .none
    }
}

/// Why patterns are no filter of an event source.
package enum EventSourceFilterFlaw: Error, Hashable, Sendable {
    case tooManyPatterns(limit: Int)
    /// `number` counts from 0.
    case badPattern(number: Int, PatternError)
}
