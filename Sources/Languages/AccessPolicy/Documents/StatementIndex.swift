/// Finds the statements of one effect that may speak of an action, without looking at the others.
///
/// The three lists of a request — those for exactly this action, those for some of its service, and those for any — are
/// all in the order of the policy. They only narrow the search: whether a statement applies it says itself.
final class StatementIndex: Sendable {
    private let exact: Buckets
    private let services: Buckets
    private let everything: [Int32]

    /// Sorts the statements of one effect by what their actions reach.
    init(_ statements: [Statement], effect: Effect) {
        var exact: [(UInt64, Int32)] = []
        var services: [(UInt64, Int32)] = []
        var everything: [Int32] = []
        for (place, statement) in statements.enumerated() where statement.effect == effect {
            let place = Int32(place)
            let reaches = Set(statement.actions.map(\.reach))
            if statement.exceptsActions || reaches.contains(.everything) {
                everything.append(place)
                continue
            }
            for reach in reaches {
                switch reach {
                case .exact(let hash): exact.append((hash, place))
                case .service(let hash): services.append((hash, place))
                case .everything: break
                }
            }
        }
        self.exact = Buckets(exact)
        self.services = Buckets(services)
        self.everything = everything
    }

    /// Calls `body` with the place of each statement that may speak of the action, some perhaps twice; `body` says
    /// whether to go on in this list.
    @inline(__always)
    func forEach(_ action: ActionName, _ body: (Int) -> Bool) {
        for place in everything where !body(Int(place)) { break }
        exact.forEach(action.hash, body)
        services.forEach(action.serviceHash, body)
    }
}

/// Places by hash, in three flat arrays.
private struct Buckets: Sendable {
    private var hashes: [UInt64] = []
    /// Where each hash's places begin, and where the last one's end.
    private var starts: [Int32] = [0]
    private var places: [Int32] = []

    init(_ pairs: [(UInt64, Int32)]) {
        for (hash, place) in pairs.sorted(by: <) {
            if hashes.last != hash {
                if !hashes.isEmpty { starts.append(Int32(places.count)) }
                hashes.append(hash)
            }
            places.append(place)
        }
        starts.append(Int32(places.count))
    }

    @inline(__always)
    func forEach(_ hash: UInt64, _ body: (Int) -> Bool) {
        var (low, high) = (0, hashes.count)
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        guard low < hashes.count, hashes[low] == hash else { return }
        for index in Int(starts[low])..<Int(starts[low + 1]) where !body(Int(places[index])) { break }
    }
}
