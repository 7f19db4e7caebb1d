import Core

/// The files that the writer of a distributed map makes of the executions of its items, which come one after the other.
///
/// So that a run of any size takes so much memory and no more: a file is full when it has `fileBytes`.
package struct MapResultFiles {
    /// A file to be written to the bucket.
    package struct File: Hashable, Sendable {
        package let key: String
        package let bytes: [UInt8]
    }

    /// What there is of one of the three kinds of files.
    private struct Part {
        var open: [JSON] = []
        var size = 0
        var written: [JSON] = []
    }

    private static let kinds = ["SUCCEEDED", "FAILED", "PENDING"]

    private let run: String
    private let bucket: String
    private let folder: String
    private let writer: ResultWriter?
    private let fileBytes: Int
    private var parts: [String: Part] = [:]

    /// Files of a run, below a prefix of a bucket.
    package init(run: String, bucket: String, prefix: String, writer: ResultWriter?, fileBytes: Int = 16 << 20) {
        self.run = run
        self.bucket = bucket
        self.writer = writer
        self.fileBytes = fileBytes
        folder = (prefix.isEmpty ? "" : prefix + "/") + (run.split(separator: ":").last.map(String.init) ?? run)
    }

    /// Takes the next execution; gives the file that has no room for it, if there is one.
    package mutating func add(_ child: MapResults.Child) -> File? {
        let kind = ["SUCCEEDED", "PENDING"].contains(child.status) ? child.status : "FAILED"
        // What failed is told with all there is to know.
        let transformation = kind == "SUCCEEDED" ? writer?.transformation ?? "NONE" : "NONE"
        let results = MapResults.results(of: child, transformation)
        let size = results.reduce(0) { $0 + $1.serialized.count + 1 }
        let isFull = parts[kind].map { $0.size + size > fileBytes && !$0.open.isEmpty } ?? false
        let file = isFull ? close(kind) : nil
        parts[kind, default: Part()].open += results
        parts[kind, default: Part()].size += size
        return file
    }

    /// The files that are left, the manifest last.
    package mutating func finish() -> [File] {
        var files = Self.kinds.filter { parts[$0]?.open.isEmpty == false }.map { close($0) }
        let listed = Self.kinds.map { ($0, JSON.array(parts[$0]?.written ?? [])) }
        let manifest: JSON = [
            "DestinationBucket": .string(bucket), "MapRunArn": .string(run), "ResultFiles": .object(JSONObject(listed)),
        ]
        files.append(File(key: manifestKey, bytes: manifest.serialized))
        return files
    }

    /// The output of the state.
    package var output: JSON {
        let details: JSON = ["Bucket": .string(bucket), "Key": .string(manifestKey)]
        return ["MapRunArn": .string(run), "ResultWriterDetails": details]
    }

    private var manifestKey: String { folder + "/manifest.json" }

    private mutating func close(_ kind: String) -> File {
        var part = parts[kind] ?? Part()
        let isLines = writer?.outputType == "JSONL"
        let bytes =
            isLines ? Array(part.open.map(\.text).joined(separator: "\n").utf8) : JSON.array(part.open).serialized
        let file = File(
            key: "\(folder)/\(kind)_\(part.written.count).\(isLines ? "jsonl" : "json")", bytes: bytes)
        part.written.append(["Key": .string(file.key), "Size": .number(JSONNumber(Int64(bytes.count)))])
        part.open = []
        part.size = 0
        parts[kind] = part
        return file
    }
}
