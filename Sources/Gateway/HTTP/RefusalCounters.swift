import Synchronization

/// Counts requests that name nothing that is served, so that an operator sees what clients miss.
package final class RefusalCounters: Sendable {
    /// Distinct names counted; what comes beyond shares one.
    private static let limit = 1000
    private let counts = Mutex<[String: Int]>([:])

    package init() {}

    /// Counts one, where it is an unknown service or operation.
    func count(_ failure: WireFailure) {
        switch failure.reason {
        case .unknownService, .unknownOperation, .notServed: break
        case .malformed, .invalid: return
        }
        counts.withLock { counts in
            let name =
                counts.count < Self.limit || counts[failure.error.message] != nil ? failure.error.message : "others"
            counts[name, default: 0] += 1
        }
    }

    /// What was asked for in vain, and how often.
    package var snapshot: [String: Int] { counts.withLock { $0 } }
}
