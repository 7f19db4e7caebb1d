import CSplice
import Glibc
import NIOCore
import Synchronization

/// A thread that moves the bytes of joined sockets, as long as the process runs.
final class SplicePump: Sendable {
    /// As many as there are processors; made when the first is needed.
    private static let all = (0..<max(1, System.coreCount)).compactMap { _ in SplicePump() }
    private static let turn = Atomic<UInt64>(0)

    /// The one whose turn it is; `nil` where there can be none.
    static var next: SplicePump? {
        let turn = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return all.isEmpty ? nil : all[Int(turn % UInt64(all.count))]
    }

    private struct Splices {
        var last: UInt64 = 0
        var open: [UInt64: KernelSplice] = [:]
    }

    private let set: CInt
    private let splices = Mutex(Splices())

    private init?() {
        set = splice_make_set()
        guard set >= 0, start() else { return nil }
    }

    /// Moves the bytes of two sockets from now on; false where they cannot be watched.
    func add(_ splice: KernelSplice) -> Bool {
        let id = splices.withLock { splices in
            splices.last += 1
            splices.open[splices.last] = splice
            return splices.last
        }
        guard splice.watch(in: set, as: id) else {
            splices.withLock { _ = $0.open.removeValue(forKey: id) }
            return false
        }
        return true
    }

    private func start() -> Bool {
        // SAFETY: the reference is retained for the thread, which keeps it as long as the process runs.
        let pump = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<SplicePump>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, pump.toOpaque())
        guard error == 0 else {
            unsafe pump.release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func run() {
        splice_ignore_broken_pipes()
        var spare = SparePipes()
        var ids = [UInt64](repeating: 0, count: 64)
        while true {
            // SAFETY: room for as many numbers as the call is told.
            let count = unsafe splice_wait(set, &ids, CInt(ids.count))
            guard count > 0 else { continue }
            for id in ids.prefix(Int(count)) {
                guard let splice = splices.withLock({ $0.open[id] }), !splice.advance(&spare) else { continue }
                splices.withLock { _ = $0.open.removeValue(forKey: id) }
            }
        }
    }
}
