import Core
import Foundation
import Storage

/// Writes to a store until it is killed, and says before each commit what it is about to do and after it what came of it.
///
///     crash-writer FOLDER CHAINS
///
/// Each chain enqueues numbered items and, beside it, finishes them in order. A line is a verb, a chain and a number:
/// `i` is the intent, `a` acknowledged, `f` failed for certain, `u` unknown; chains are called `in0`, `out0`, `in1` and so on.
/// `r` tells whether reads go on after a commit found the disk full.
@main enum CrashWriter {
    static let here = Partition(account: .standard)

    static func main() async throws {
        guard CommandLine.arguments.count == 4, let chains = Int(CommandLine.arguments[2]),
            let logPages = Int(CommandLine.arguments[3])
        else {
            say("usage: crash-writer FOLDER CHAINS LOG-PAGES")
            exit(2)
        }
        let folder = CommandLine.arguments[1]
        do {
            let store = try SQLiteStore(folder: folder, logPages: logPages)
            let blobs = try FileBlobStore(folder: folder + "/blobs")
            say("ready")
            await withTaskGroup { tasks in
                for chain in 0..<chains {
                    tasks.addTask {
                        await produce(Chain(name: "in\(chain)", number: chain, store: store, blobs: blobs))
                    }
                    tasks.addTask {
                        await consume(Chain(name: "out\(chain)", number: chain, store: store, blobs: blobs))
                    }
                }
                tasks.addTask {
                    for await failure in store.failures {
                        say("end \(failure.code) during \(failure.during)")
                        exit(3)
                    }
                }
            }
        } catch {
            say("end \(error)")
            exit(4)
        }
    }

    /// One line, on its way before the next thing happens.
    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

    /// Enqueues items, with everything that belongs to one in the same batch; each tenth has a blob.
    private static func produce(_ chain: Chain) async {
        var next = await chain.end()
        while true {
            let body = Array("\(next)".utf8)
            var batch: [WriteOperation] = [
                .append(chain.log, [body], expectNext: next), .enqueue(chain.queue, body: body, group: "g"),
                .put(RecordKey(kind: "count", id: chain.name), value: body),
            ]
            say("i \(chain.name) \(next)")
            if next % 10 == 0 {
                let blob = BlobID()
                let content = [UInt8](repeating: UInt8(truncatingIfNeeded: next), count: 10_000)
                guard await chain.keep(blob, content, next) else { continue }
                batch.append(.put(RecordKey(kind: "blob", id: blob.text), value: body, expect: .absent))
            }
            next += await chain.commit(batch, next) ? 1 : 0
        }
    }

    /// Claims items and finishes them.
    private static func consume(_ chain: Chain) async {
        var next = await chain.end()
        while true {
            guard let item = await chain.claim() else {
                await pause()
                continue
            }
            say("i \(chain.name) \(next)")
            let done = await chain.commit([.ack(item.lease), .append(chain.log, [item.body], expectNext: next)], next)
            next += done ? 1 : 0
        }
    }

    /// The only way out of waiting is the end of the process.
    static func pause() async { try? await Task.sleep(for: .milliseconds(2)) }
}

/// One row of numbered commits.
struct Chain: Sendable {
    let name: String
    let number: Int
    let store: SQLiteStore
    let blobs: FileBlobStore

    var log: LogID { LogID(name) }
    var queue: QueueID { QueueID("q\(number)") }

    /// The number of the next commit.
    func end() async -> Int64 {
        while true {
            // Reads fail only when the store has failed, and then the process ends.
            if let slice = try? await store.read(CrashWriter.here, log, from: 0, limit: 0, maxBytes: 0) {
                return slice.end
            }
            await CrashWriter.pause()
        }
    }

    /// Keeps a blob of a commit, and tells where that failed.
    func keep(_ blob: BlobID, _ bytes: [UInt8], _ number: Int64) async -> Bool {
        do throws(StoreError) {
            try await blobs.put(blob, bytes)
            return true
        } catch { await tell(error, number) }
        return false
    }

    /// Claims the next item of the chain.
    func claim() async -> Claimed? {
        // A claim that failed changes nothing that is counted.
        let claimed = try? await store.claim(
            CrashWriter.here, queue, max: 1, lease: .milliseconds(50), worker: WorkerID(name))
        return claimed?.first
    }

    /// Commits and tells what came of it.
    func commit(_ batch: [WriteOperation], _ number: Int64) async -> Bool {
        do throws(StoreError) {
            _ = try await store.commit(CrashWriter.here, batch)
            CrashWriter.say("a \(name) \(number)")
            return true
        } catch .outcomeUnknown {
            CrashWriter.say("u \(name) \(number)")
        } catch { await tell(error, number) }
        return false
    }

    /// Tells why nothing came of a commit, and rests.
    private func tell(_ error: StoreError, _ number: Int64) async {
        CrashWriter.say("f \(name) \(number) \(error)")
        if error == .full { await tellWhetherReadsGoOn() }
        await CrashWriter.pause()
    }

    private func tellWhetherReadsGoOn() async {
        do throws(StoreError) {
            _ = try await store.get(CrashWriter.here, RecordKey(kind: "count", id: name))
            CrashWriter.say("r \(name) ok")
        } catch {
            CrashWriter.say("r \(name) \(error)")
        }
    }
}
