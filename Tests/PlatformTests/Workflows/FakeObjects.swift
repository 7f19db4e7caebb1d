import Core
import Synchronization

@testable import Platform

/// Objects in memory, in pieces of a few bytes and pages of two.
final class FakeObjects: ObjectStore {
    private let objects: Mutex<[ObjectPlace: [UInt8]]>
    private let readCount = Atomic(0)

    init(_ objects: [String: String] = [:], in bucket: String = "b") {
        var bytes: [ObjectPlace: [UInt8]] = [:]
        for (key, text) in objects { bytes[ObjectPlace(bucket: bucket, key: key)] = Array(text.utf8) }
        self.objects = Mutex(bytes)
    }

    var reads: Int { readCount.load(ordering: .relaxed) }

    subscript(key: String, bucket: String = "b") -> [UInt8]? {
        get { objects.withLock { $0[ObjectPlace(bucket: bucket, key: key)] } }
        set { objects.withLock { $0[ObjectPlace(bucket: bucket, key: key)] = newValue } }
    }

    var keys: [String] { objects.withLock { $0.keys.map(\.key).sorted() } }

    func read(
        _ object: ObjectPlace, as caller: ObjectCaller
    ) async throws(ObjectFault) -> AsyncThrowingStream<[UInt8], any Error> {
        readCount.add(1, ordering: .relaxed)
        guard let bytes = objects.withLock({ $0[object] }) else { throw .absent }
        return AsyncThrowingStream { continuation in
            for start in stride(from: 0, to: bytes.count, by: 7) {
                continuation.yield(Array(bytes[start..<min(start + 7, bytes.count)]))
            }
            continuation.finish()
        }
    }

    func list(
        _ bucket: String, prefix: String, after token: String?, as caller: ObjectCaller
    ) async throws(ObjectFault) -> ObjectPage {
        let found = objects.withLock { objects in
            objects.filter { $0.key.bucket == bucket && $0.key.key.hasPrefix(prefix) && $0.key.key > token ?? "" }
                .sorted { $0.key.key < $1.key.key }
        }
        let page = found.prefix(2)
        let entries = page.map { place, bytes in
            ObjectPage.Entry(
                key: place.key, size: Int64(bytes.count), modified: Instant(milliseconds: 5000), tag: "\"t\"")
        }
        return ObjectPage(entries, next: found.count > page.count ? page.last?.key.key : nil)
    }

    func write(_ bytes: [UInt8], to object: ObjectPlace, as caller: ObjectCaller) async throws(ObjectFault) {
        guard object.bucket != "closed" else { throw .denied("not you") }
        objects.withLock { $0[object] = bytes }
    }
}
