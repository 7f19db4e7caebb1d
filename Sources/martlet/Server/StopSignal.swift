import Dispatch
import Glibc
import Storage

/// What ends a server: SIGTERM, SIGINT, or the failure of its store.
enum StopSignal {
    /// Returns when one of them comes, with the failure if it was that.
    static func wait(or failures: AsyncStream<StoreFailure>) async -> StoreFailure? {
        let (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let sources = [SIGTERM, SIGINT].map { number in
            Glibc.signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { signal.yield() }
            source.activate()
            return source
        }
        defer { for source in sources { source.cancel() } }
        return await withTaskGroup(of: StoreFailure?.self) { group in
            group.addTask {
                for await _ in signals { break }
                return nil
            }
            group.addTask {
                for await failure in failures { return failure }
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
