import NIOCore

/// Calls functions for whoever waits for what comes of it, from any executor.
package struct FunctionCalls: Sendable {
    private let pool: Pool
    private let events: EventInvocations

    /// Takes who runs functions, and who keeps the calls that nobody waits for.
    package init(pool: Pool, events: EventInvocations) {
        self.pool = pool
        self.events = events
    }

    /// Runs a function until it has answered.
    package func run(_ invocation: Invocation) async -> InvocationResult {
        await withCheckedContinuation { continuation in
            pool.eventLoop.execute {
                pool.assumeIsolated { $0.invoke(invocation) { continuation.resume(returning: $0) } }
            }
        }
    }

    /// Takes a call in that runs later; comes back once it is durable or refused.
    package func accept(_ call: EventInvocation) async -> EventInvocations.Acceptance {
        await withCheckedContinuation { continuation in
            pool.eventLoop.execute {
                events.assumeIsolated { $0.accept(call) { continuation.resume(returning: $0) } }
            }
        }
    }
}
