import Core
import StatesLanguage

/// Reads the items of a distributed map out of an object store: from one object, from all that a manifest or a list names, or
/// the list itself.
///
/// Source: Step Functions developer guide, "ItemReader (Map)".
struct MapItems {
    /// Bytes of all that is read for one map.
    static let byteLimit = 32 << 20
    /// Objects of one list.
    private static let listLimit = 100_000

    private let store: any ObjectStore
    private let caller: ObjectCaller
    private let order: MapRunOrder
    private let reader: ItemReader
    private var bytesLeft = byteLimit

    init(of order: MapRunOrder, _ reader: ItemReader, in store: any ObjectStore, as caller: ObjectCaller) {
        self.store = store
        self.caller = caller
        self.order = order
        self.reader = reader
    }

    /// The items; throws `States.ItemReaderFailed` where they cannot be read.
    mutating func read(_ evaluation: inout Evaluation) async throws(StateFailure) -> [JSON] {
        let arguments = try order.readerArguments(&evaluation) ?? .null
        let most = try order.maximumItems(&evaluation) ?? .max
        guard let bucket = arguments["Bucket"]?.string else { throw Self.failure("The reader names no Bucket.") }
        guard !reader.listsObjects else {
            let prefix = arguments["Prefix"]?.string ?? ""
            guard reader.configuration.transformation == "LOAD_AND_FLATTEN" else {
                return try await list(bucket, prefix, most).map(Self.item)
            }
            let places = try await list(bucket, prefix, .max).map { ObjectPlace(bucket: bucket, key: $0.key) }
            return try await items(in: places, reader.configuration, most)
        }
        guard let key = arguments["Key"]?.string else { throw Self.failure("The reader names no Key.") }
        let bytes = try await bytes(
            of: ObjectPlace(bucket: bucket, key: key, version: arguments["VersionId"]?.string))
        guard let (files, configuration) = try order.manifest(in: bytes) else {
            return try ItemData.items(in: bytes, reader.configuration, maximum: most)
        }
        return try await items(in: files.map { ObjectPlace(bucket: $0.bucket, key: $0.key) }, configuration, most)
    }

    private mutating func items(
        in places: [ObjectPlace], _ configuration: ItemReader.Configuration, _ most: Int
    ) async throws(StateFailure) -> [JSON] {
        var items: [JSON] = []
        for place in places where items.count < most {
            items += try ItemData.items(
                in: try await bytes(of: place), configuration, maximum: most - items.count)
        }
        return items
    }

    private func list(
        _ bucket: String, _ prefix: String, _ most: Int
    ) async throws(StateFailure) -> [ObjectPage.Entry] {
        var entries: [ObjectPage.Entry] = []
        var token: String?
        repeat {
            let page: ObjectPage
            do throws(ObjectFault) {
                page = try await store.list(bucket, prefix: prefix, after: token, as: caller)
            } catch { throw Self.failure("The bucket \(bucket) could not be listed: \(error.words).") }
            entries += page.entries
            guard min(entries.count, most) <= Self.listLimit else {
                throw Self.failure("The list has more than \(Self.listLimit) objects.")
            }
            token = page.next
        } while token != nil && entries.count < most
        return Array(entries.prefix(most))
    }

    /// What a list says of an object, as an item.
    private static func item(_ entry: ObjectPage.Entry) -> JSON {
        [
            "Etag": .string(entry.tag), "Key": .string(entry.key),
            "LastModified": .number(JSONNumber(entry.modified.milliseconds / 1000)),
            "Size": .number(JSONNumber(entry.size)), "StorageClass": "STANDARD",
        ]
    }

    /// An object as a whole, unpacked where its name says that it is packed.
    private mutating func bytes(of place: ObjectPlace) async throws(StateFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            for try await piece in try await store.read(place, as: caller) {
                guard bytes.count + piece.count <= bytesLeft else { throw Self.tooLarge }
                bytes += piece
            }
            if place.key.hasSuffix(".gz") { bytes = try GzipContent.bytes(of: bytes, limit: bytesLeft) }
        } catch let fault as ObjectFault {
            throw Self.failure("The object \(place) could not be read: \(fault.words).")
        } catch let failure as StateFailure {
            throw failure
        } catch GzipContent.Fault.tooLarge {
            throw Self.tooLarge
        } catch {
            throw Self.failure("The object \(place) could not be read to its end.")
        }
        bytesLeft -= bytes.count
        return bytes
    }

    private static let tooLarge = failure("What is read for a map has \(byteLimit) bytes at most.")

    static func failure(_ cause: String) -> StateFailure {
        StateFailure(reported: ErrorName.itemReaderFailed, cause: cause)
    }
}
