import Core
import Synchronization

/// Lets one after the other change an execution; who comes while another is at it waits.
final class Turns: Sendable {
    private let waiting = Mutex<[ExecutionID: [CheckedContinuation<Void, Never>]]>([:])

    /// Waits until nobody else is at it; ends with `leave`.
    func enter(_ id: ExecutionID) async {
        await withCheckedContinuation { continuation in
            let isFree = waiting.withLock { waiting in
                guard waiting[id] == nil else {
                    waiting[id]?.append(continuation)
                    return false
                }
                waiting[id] = []
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    /// Lets the next one.
    func leave(_ id: ExecutionID) {
        let next = waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard waiting[id]?.isEmpty == false else {
                waiting[id] = nil
                return nil
            }
            return waiting[id]?.removeFirst()
        }
        next?.resume()
    }
}
