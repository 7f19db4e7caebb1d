import Glibc

/// A thread that lives as long as the work it is given.
enum ReaderThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) {
            self.body = body
        }
    }

    /// Runs `body` on a thread of its own.
    static func start(_ body: @escaping @Sendable () -> Void) throws(SandboxError) {
        // SAFETY: the reference is retained for the thread, which releases it when it has taken it over.
        let work = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        guard error == 0 else {
            unsafe work.release()
            throw .host(tried: "thread", errno: error)
        }
        pthread_detach(thread)
    }
}
