import Core
import NIOCore

extension EventSources.Surroundings {
    /// Calls the functions of an account in a pool of sandboxes.
    package init(pool: Pool, functions: Functions, account: AccountID, gate: CallGate) {
        self.init(
            resolve: { reference in
                do { return try await functions.resolve(reference, in: account) } catch FunctionError.functionMissing {
                    return nil
                }
            },
            obstacle: { target in
                let probe = Invocation(
                    event: "", target: target, payload: ByteBuffer(), clientContext: nil, trace: TraceContext(),
                    descent: Descent(), isFirst: false)
                return await withCheckedContinuation { continuation in
                    pool.eventLoop.execute {
                        let obstacle = pool.assumeIsolated { $0.obstacle(to: probe) }
                        continuation.resume(returning: obstacle.map { "\($0)" })
                    }
                }
            },
            stop: { queue in
                gate.stop(of: GovernedCall(.queue, queue.name.text, descent: Descent())).map(\.message)
            },
            invoke: { invocation in
                await withCheckedContinuation { continuation in
                    pool.eventLoop.execute {
                        pool.assumeIsolated { $0.invoke(invocation) { continuation.resume(returning: $0.outcome) } }
                    }
                }
            },
            loopEnded: { await pool.governor.ended($0) })
    }
}
