import Core

/// A file that lists the files in which the items of a distributed map are: an inventory of a bucket, or what Athena wrote.
package struct ItemManifest: Hashable, Sendable {
    /// One of the files.
    package struct File: Hashable, Sendable {
        package let bucket: String
        package let key: String
        /// Whether it is packed with gzip, as those of an inventory are.
        package var isPacked: Bool { key.hasSuffix(".gz") }
    }

    package let files: [File]
    /// The columns of the files, where the manifest names them and not their first rows.
    package let columns: [String]?

    /// How many files are taken; as many as there are executions in a run.
    private static let maximumFiles = 10_000

    /// Reads a manifest of a type; throws `States.ItemReaderFailed` where it is none.
    package init(_ bytes: [UInt8], type: String) throws(StateFailure) {
        switch type {
        case "S3_INVENTORY": (files, columns) = try Self.inventory(bytes)
        case "ATHENA_DATA": (files, columns) = (try Self.locations(bytes), nil)
        default: throw ItemData.failure("Manifests of the type '\(type)' cannot be read here.")
        }
        guard files.count <= Self.maximumFiles else {
            throw ItemData.failure("A manifest lists at most \(Self.maximumFiles) files, and this one \(files.count).")
        }
    }

    /// How each of the files is read.
    package func configuration(_ own: ItemReader.Configuration) -> ItemReader.Configuration {
        var configuration = own
        configuration.manifestType = nil
        guard let columns else { return configuration }
        configuration.inputType = "CSV"
        configuration.csvHeaderLocation = "GIVEN"
        configuration.csvHeaders = columns
        return configuration
    }

    private static func inventory(_ bytes: [UInt8]) throws(StateFailure) -> ([File], [String]) {
        let manifest = try ItemData.parse(bytes)
        guard manifest["fileFormat"]?.string?.uppercased() == "CSV" else {
            throw ItemData.failure("Inventories are read in the format CSV only.")
        }
        guard let bucket = manifest["destinationBucket"]?.string, let schema = manifest["fileSchema"]?.string,
            let listed = manifest["files"]?.array
        else { throw ItemData.failure("The manifest names no destinationBucket, fileSchema or files.") }
        var files: [File] = []
        for file in listed {
            guard let key = file["key"]?.string else { throw ItemData.failure("A file of the manifest has no key.") }
            files.append(File(bucket: name(ofBucket: bucket), key: key))
        }
        let columns = schema.split(separator: ",").map { $0.trimming(" ") }
        return (files, columns)
    }

    /// One location in a line.
    private static func locations(_ bytes: [UInt8]) throws(StateFailure) -> [File] {
        var files: [File] = []
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
            let text = String(decoding: line, as: UTF8.self).trimming(" \"")
            guard !text.isEmpty else { continue }
            let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 4, parts[0].lowercased() == "s3:", parts[1].isEmpty, !parts[2].isEmpty,
                !parts[3].isEmpty
            else { throw ItemData.failure("A line of the manifest is not the location of an object: s3://bucket/key") }
            files.append(File(bucket: parts[2], key: parts[3]))
        }
        return files
    }

    /// Buckets of inventories are named by ARN.
    private static func name(ofBucket text: String) -> String {
        text.hasPrefix("arn:") ? String(text.split(separator: ":").last ?? "") : text
    }
}

extension StringProtocol {
    /// The text without any of these characters at both ends.
    fileprivate func trimming(_ characters: String) -> String {
        var rest = self[...]
        while let first = rest.first, characters.contains(first) { rest.removeFirst() }
        while let last = rest.last, characters.contains(last) { rest.removeLast() }
        return String(rest)
    }
}
