import Synchronization

/// What ended a store: the owner should say so and exit, because after a failed write nothing in memory can be trusted.
package struct StoreFailure: Error, Equatable, Sendable {
    /// The extended result code of SQLite.
    package let code: Int32
    /// SQLite's own words.
    package let message: String
    /// What was being done.
    package let during: Step

    /// What the store was doing.
    package enum Step: Sendable {
        case read, write, commit
    }
}

/// Whether the store still works, and who is told when it does not.
final class Health: Sendable {
    private struct State {
        var failure: StoreFailure?
        var closed = false
    }

    let failures: AsyncStream<StoreFailure>
    private let told: AsyncStream<StoreFailure>.Continuation
    private let state = Mutex(State())

    init() { (failures, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    /// What ended the store, if it did not work on until it was closed.
    var failure: StoreFailure? { state.withLock { $0.failure } }

    /// Whether calls are answered.
    var isOpen: Bool { state.withLock { !$0.closed && $0.failure == nil } }

    /// Ends the store.
    func fail(_ failure: SQLiteFailure, during step: StoreFailure.Step) {
        let failure = StoreFailure(code: failure.code, message: failure.message, during: step)
        let first = state.withLock { state in
            defer { state.failure = state.failure ?? failure }
            return state.failure == nil && !state.closed
        }
        guard first else { return }
        told.yield(failure)
        told.finish()
    }

    /// The owner closes the store; true the first time.
    func close() -> Bool {
        let first = state.withLock { state in
            defer { state.closed = true }
            return !state.closed
        }
        told.finish()
        return first
    }
}
