import Core

/// A name for one version of a state machine, or for two that executions are shared out to.
package struct WorkflowAlias: Hashable, Sendable, Codable {
    /// Most aliases of a machine.
    package static let limit = 100

    /// A version, and how many of a hundred executions it gets.
    package struct Route: Hashable, Sendable, Codable {
        package let version: Int
        package let weight: Int

        /// Takes both.
        package init(version: Int, weight: Int) {
            self.version = version
            self.weight = weight
        }
    }

    package var description: String
    package var routes: [Route]
    package let created: Instant
    package var updated: Instant

    /// The version for a draw from 0 to 99.
    package func version(drawing draw: Int) -> Int {
        var left = draw
        for route in routes {
            if left < route.weight { return route.version }
            left -= route.weight
        }
        // The weights are a hundred together.
        return routes.last?.version ?? 0
    }

    /// Whether routes may stand together: one or two, of different versions, a hundred in all.
    static func flaw(in routes: [Route]) -> String? {
        guard (1...2).contains(routes.count) else { return "An alias has one or two versions." }
        guard routes.allSatisfy({ (0...100).contains($0.weight) }), routes.reduce(0, { $0 + $1.weight }) == 100 else {
            return "Sum of routing configuration weights must equal 100."
        }
        guard Set(routes.map(\.version)).count == routes.count else {
            return "Routing configuration must contain distinct state machine version ARNs."
        }
        return nil
    }
}
