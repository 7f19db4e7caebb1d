import Core

/// What a distributed map makes of the executions of its items: its output, or the files that its writer writes.
package struct MapResults: Sendable {
    /// One execution of an item, or of a batch.
    package struct Child: Hashable, Sendable {
        package let arn: String
        package let name: String
        package let machine: String
        /// `SUCCEEDED`, `FAILED`, `ABORTED`, `TIMED_OUT`; `PENDING` where it never began.
        package let status: String
        package let input: JSON
        package let output: JSON?
        package let error: String?
        package let cause: String?
        package let startedAt: Instant?
        package let stoppedAt: Instant?

        /// Takes what is known of it.
        package init(
            arn: String, name: String, machine: String, status: String, input: JSON, output: JSON? = nil,
            error: String? = nil, cause: String? = nil, startedAt: Instant? = nil, stoppedAt: Instant? = nil
        ) {
            self.arn = arn
            self.name = name
            self.machine = machine
            self.status = status
            self.input = input
            self.output = output
            self.error = error
            self.cause = cause
            self.startedAt = startedAt
            self.stoppedAt = stoppedAt
        }
    }

    /// A file to be written to the bucket.
    package struct File: Hashable, Sendable {
        package let key: String
        package let bytes: [UInt8]
    }

    package let children: [Child]
    private let writer: ResultWriter?

    /// Takes the executions in the order of their items.
    package init(_ children: [Child], writer: ResultWriter?) {
        self.children = children
        self.writer = writer
    }

    /// The output of the state where nothing is written elsewhere.
    package var output: JSON {
        let results = results(children, writer?.transformation ?? "COMPACT")
        guard writer?.outputType == "JSONL" else { return .array(results) }
        return .string(results.map(\.text).joined(separator: "\n"))
    }

    /// The files that are written below a prefix, the manifest last, and the output of the state.
    ///
    /// A file is closed when it is as large as `fileBytes`.
    package func files(
        run: String, bucket: String, prefix: String, fileBytes: Int = 5 << 30
    ) -> (files: [File], output: JSON) {
        let folder = (prefix.isEmpty ? "" : prefix + "/") + (run.split(separator: ":").last.map(String.init) ?? run)
        var files: [File] = []
        var listed = JSONObject()
        for status in ["SUCCEEDED", "FAILED", "PENDING"] {
            let chosen = children.filter { Self.group($0.status) == status }
            // What failed is told with all there is to know.
            let results = results(chosen, status == "SUCCEEDED" ? writer?.transformation ?? "NONE" : "NONE")
            let parts = Self.parts(results, fileBytes)
            var entries: [JSON] = []
            for (place, part) in parts.enumerated() {
                let file = File(key: "\(folder)/\(status)_\(place).\(isLines ? "jsonl" : "json")", bytes: bytes(part))
                files.append(file)
                entries.append(["Key": .string(file.key), "Size": .number(JSONNumber(Int64(file.bytes.count)))])
            }
            listed[status] = .array(entries)
        }
        let manifest: JSON = [
            "DestinationBucket": .string(bucket), "MapRunArn": .string(run), "ResultFiles": .object(listed),
        ]
        let key = folder + "/manifest.json"
        files.append(File(key: key, bytes: manifest.serialized))
        let details: JSON = ["Bucket": .string(bucket), "Key": .string(key)]
        return (files, ["MapRunArn": .string(run), "ResultWriterDetails": details])
    }

    private var isLines: Bool { writer?.outputType == "JSONL" }

    private func bytes(_ results: [JSON]) -> [UInt8] {
        isLines ? Array(results.map(\.text).joined(separator: "\n").utf8) : JSON.array(results).serialized
    }

    private static func group(_ status: String) -> String {
        status == "SUCCEEDED" || status == "PENDING" ? status : "FAILED"
    }

    private static func parts(_ results: [JSON], _ limit: Int) -> [[JSON]] {
        var parts: [[JSON]] = []
        var size = limit
        for result in results {
            let bytes = result.serialized.count + 1
            if size + bytes > limit || parts.isEmpty {
                parts.append([])
                size = 0
            }
            parts[parts.count - 1].append(result)
            size += bytes
        }
        return parts
    }

    private func results(_ children: [Child], _ transformation: String) -> [JSON] {
        children.flatMap { child -> [JSON] in
            switch (transformation, child.output) {
            case ("COMPACT", let output?): [output]
            case ("FLATTEN", .array(let elements)?): elements
            case ("FLATTEN", let output?): [output]
            default: [Self.description(of: child)]
            }
        }
    }

    /// All that is known of an execution, in the service's words.
    private static func description(of child: Child) -> JSON {
        let included: JSON = ["Included": true]
        var members = JSONObject([("ExecutionArn", .string(child.arn)), ("Input", .string(child.input.text))])
        members["InputDetails"] = included
        members["Name"] = .string(child.name)
        if let output = child.output {
            members["Output"] = .string(output.text)
            members["OutputDetails"] = included
        }
        if let error = child.error { members["Error"] = .string(error) }
        if let cause = child.cause { members["Cause"] = .string(cause) }
        if let time = child.startedAt { members["StartDate"] = .string(time.iso8601) }
        members["StateMachineArn"] = .string(child.machine)
        members["Status"] = .string(child.status)
        if let time = child.stoppedAt { members["StopDate"] = .string(time.iso8601) }
        return .object(members)
    }
}
