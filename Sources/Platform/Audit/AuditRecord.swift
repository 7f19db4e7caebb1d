import Core

/// One thing that happened and must not be forgotten: who did what to which thing, and what came of it.
///
/// Every text is bounded: what is longer is cut, because a record must never be refused for its size.
package struct AuditRecord: Hashable, Sendable {
    /// What kind of thing happened; the numbers are those of the stored form.
    package enum Kind: UInt8, Sendable, CaseIterable {
        /// An operation that manages something, or that reads what is managed.
        case management = 1
        /// A call of a function; only those that are denied are recorded.
        case invocation = 2
        /// A request whose sender did not prove who it is.
        case authentication = 3
        /// A secret was put to use.
        case secret = 4
        /// The governor stopped, limited or let go of something.
        case governor = 5
        /// The trail itself: opened, cut, overrun.
        case trail = 6
    }

    /// What came of it.
    package enum Outcome: Hashable, Sendable {
        case succeeded
        /// It was allowed and did not work; the code is the one the caller got.
        case failed(String)
        /// It was not allowed; what was missing.
        case denied(String)
    }

    /// A fact that has no place of its own.
    package struct Fact: Hashable, Sendable {
        package let name: String
        package let value: String

        /// Takes a fact; both parts are cut to their bounds.
        package init(_ name: String, _ value: String) {
            self.name = name.cut(to: Bound.factName)
            self.value = value.cut(to: Bound.factValue)
        }
    }

    /// The most bytes of each part.
    package enum Bound {
        package static let principal = 512
        package static let action = 128
        package static let resource = 1024
        package static let outcome = 512
        package static let source = 64
        package static let factName = 64
        package static let factValue = 256
        package static let facts = 16
    }

    package let time: Instant
    package let kind: Kind
    /// The ARN of who did it; `-` where nobody is known.
    package let principal: String
    /// As IAM writes it: `lambda:CreateFunction`.
    package let action: String
    /// The ARN of what it was done to; `*` where no single thing is named.
    package let resource: String
    package let outcome: Outcome
    /// The address the request came from, without its port.
    package let source: String?
    package let requestID: RequestID?
    package let trace: TraceContext?
    package let lineage: LineageID?
    /// Ordered by name, each name once.
    package let facts: [Fact]

    /// Puts a record together; of facts with one name the last counts, and those over the bound are left out.
    package init(
        time: Instant, kind: Kind, principal: String = "-", action: String, resource: String = "*",
        outcome: Outcome = .succeeded, source: String? = nil, requestID: RequestID? = nil, trace: TraceContext? = nil,
        lineage: LineageID? = nil, facts: [Fact] = []
    ) {
        self.time = time
        self.kind = kind
        self.principal = principal.cut(to: Bound.principal)
        self.action = action.cut(to: Bound.action)
        self.resource = resource.cut(to: Bound.resource)
        self.outcome =
            switch outcome {
            case .succeeded: .succeeded
            case .failed(let code): .failed(code.cut(to: Bound.outcome))
            case .denied(let missing): .denied(missing.cut(to: Bound.outcome))
            }
        self.source = source.map { $0.cut(to: Bound.source) }
        self.requestID = requestID
        self.trace = trace
        self.lineage = lineage
        self.facts = Self.ordered(facts)
    }

    private static func ordered(_ facts: [Fact]) -> [Fact] {
        guard !facts.isEmpty else { return [] }
        var byName: [String: Fact] = [:]
        for fact in facts { byName[fact.name] = fact }
        let sorted = byName.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return Array(sorted.prefix(Bound.facts))
    }
}

extension String {
    /// The text, or its beginning with an ellipsis, in no more than so many bytes.
    fileprivate func cut(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let ellipsis = "…"
        var end = utf8.index(startIndex, offsetBy: limit - ellipsis.utf8.count)
        while end > startIndex, Index(end, within: unicodeScalars) == nil { end = utf8.index(before: end) }
        return String(self[..<end]) + ellipsis
    }
}
