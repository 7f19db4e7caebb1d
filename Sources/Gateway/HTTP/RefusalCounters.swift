import Synchronization

/// Counts requests that name nothing that is served, so that an operator sees what clients miss.
package final class RefusalCounters: Sendable {
    /// Distinct names counted; what comes beyond shares one.
    private static let limit = 1000
    private let counts = Mutex<[String: Int]>([:])

    package init() {}

    /// Counts one, where it is an unknown service or operation; true the first time that something is asked for.
    func count(_ failure: WireFailure) -> Bool {
        switch failure.reason {
        case .unknownService, .unknownOperation, .notServed: break
        case .malformed, .invalid: return false
        }
        return counts.withLock { counts in
            let isKnown = counts[failure.error.message] != nil
            let name = counts.count < Self.limit || isKnown ? failure.error.message : "others"
            counts[name, default: 0] += 1
            return !isKnown && name != "others"
        }
    }

    /// What was asked for in vain, and how often.
    package var snapshot: [String: Int] { counts.withLock { $0 } }
}
