/// Policies that have the same say, compiled together: all that one user or role has, or all of one session.
package final class PolicyGroup: Sendable {
    /// No policies.
    package static let empty = PolicyGroup([])

    package let policies: [NamedPolicy]
    let table: StatementTable
    /// Behind which of the table's statements each policy ends.
    private let ends: [Int]

    /// Compiles policies; what is asked often is compiled once and kept.
    package init(_ policies: [NamedPolicy]) {
        self.policies = policies
        var end = 0
        ends = policies.map {
            end += $0.policy.statements.count
            return end
        }
        table = policies.count == 1 ? policies[0].policy.table : StatementTable(policies.flatMap(\.policy.statements))
    }

    /// Names one of the table's statements.
    func reference(_ place: Int, _ kind: PolicyKind) -> StatementReference {
        let number = ends.firstIndex { place < $0 } ?? 0
        return policies[number].reference(number == 0 ? place : place - ends[number - 1], kind)
    }
}
