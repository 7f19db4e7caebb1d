import Core
import Logging

/// What other servers on the store have changed.
extension EventSources {
    private static let interval = Duration.seconds(10)

    /// Reads what others have changed, from time to time, until the task is cancelled.
    package func follow() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            do { try await catchUp() } catch {
                logger.warning("Event source mappings could not be read anew.", metadata: ["reason": "\(error)"])
            }
        }
    }

    /// Takes the mappings as they lie in the store, unless one is being changed here meanwhile.
    func catchUp() async throws(EventSourceError) {
        let before = changes
        guard writing == 0 else { return }
        let stored = try await records.all()
        guard writing == 0, changes == before else { return }
        let gone = sources.keys.filter { stored[$0] == nil }
        let changed = stored.filter { sources[$0.key] != $0.value }
        sources = stored
        for id in gone {
            problems[id] = nil
            if isIdle(id) { polling[id] = nil }
        }
        for id in changed.keys { wake(id) }
    }
}
