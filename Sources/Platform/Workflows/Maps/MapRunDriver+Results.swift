import Core
import StatesLanguage
import Storage

/// What a run leaves behind: the output of its state, or files of a bucket.
extension MapRunDriver {
    /// The end of a run all of whose executions have ended: with its output, or with the files written first.
    mutating func conclude(_ end: End, _ items: [JSON]) async throws(WorkflowError) -> End {
        guard let resource = order.map.writer?.resource else {
            guard case .succeeded = end else { return end }
            return try await output(of: items)
        }
        guard let store = workflows.objects else {
            return Self.notWritten("This installation has no object store that '\(resource)' could write to.")
        }
        var evaluation = Evaluation(
            surroundings: workflows.surroundings, chance: Chance("\(id) writer"), now: run.started)
        let arguments: JSON?
        do throws(StateFailure) { arguments = try order.writerArguments(&evaluation) } catch {
            return Self.failed(error)
        }
        guard let bucket = arguments?["Bucket"]?.string else { return Self.notWritten("The writer names no Bucket.") }
        let files = MapResultFiles(
            run: workflows.arn(mapRun: id).description, bucket: bucket, prefix: arguments?["Prefix"]?.string ?? "",
            writer: order.map.writer)
        return try await write(files, to: bucket, in: store, end, items)
    }

    private mutating func write(
        _ files: MapResultFiles, to bucket: String, in store: any ObjectStore, _ end: End, _ items: [JSON]
    ) async throws(WorkflowError) -> End {
        var files = files
        var inputs = inputs(of: items)
        var index = 0
        do {
            while let input = inputs.next() {
                // An input that cannot be made is what the run has failed with.
                guard case .success(let input) = input else { break }
                if let file = files.add(try await child(index, input)) {
                    try await store.write(file.bytes, to: ObjectPlace(bucket: bucket, key: file.key), as: caller)
                    _ = try await workflows.write(run, id, parent, with: [.extend(lease, by: Self.leaseTime)])
                }
                index += 1
            }
            for file in files.finish() {
                try await store.write(file.bytes, to: ObjectPlace(bucket: bucket, key: file.key), as: caller)
            }
        } catch let fault as ObjectFault {
            return Self.notWritten("The results could not be written to the bucket \(bucket): \(fault.words).")
        } catch let error as WorkflowError {
            throw error
        } catch {
            return Self.notWritten("The results could not be written to the bucket \(bucket).")
        }
        run.items.written = run.items.total
        run.executions.written = index
        guard case .succeeded = end else { return end }
        return .succeeded(files.output)
    }

    /// What those that have succeeded gave, in order.
    private func output(of items: [JSON]) async throws(WorkflowError) -> End {
        let tooLarge = End.failed(
            error: ErrorName.dataLimitExceeded,
            cause: "The results of the map exceed \(LanguageLimits.payload) bytes.")
        var children: [MapResults.Child] = []
        var left = LanguageLimits.payload
        for index in sizes.indices where ended[index] == .succeeded {
            let child = try await child(index, .null)
            left -= child.output?.serialized.count ?? 0
            guard left > 0 else { return tooLarge }
            children.append(child)
        }
        let output = MapResults(children, writer: order.map.writer).output
        return output.serialized.count > LanguageLimits.payload ? tooLarge : .succeeded(output)
    }

    /// What is known of an execution; of one that never began, its input.
    private func child(_ index: Int, _ input: JSON) async throws(WorkflowError) -> MapResults.Child {
        let child = MapRun.child(index, of: id)
        let (arn, machine) = (workflows.arn(child).description, workflows.machines.arn(id.machine).description)
        guard let status = ended[index] else {
            return MapResults.Child(
                arn: arn, name: child.name.text, machine: machine, status: "PENDING", input: input)
        }
        let found = try await workflows.describe(child)
        // It was JSON when it was kept.
        guard let begun = try? JSON(parsing: found.input) else { throw .unreadable(id: id.description) }
        let output = found.output.flatMap { try? JSON(parsing: $0) }
        return MapResults.Child(
            arn: arn, name: child.name.text, machine: machine, status: status.rawValue, input: begun, output: output,
            error: found.error, cause: found.cause, startedAt: found.record.started, stoppedAt: found.record.stopped)
    }

    private static func notWritten(_ cause: String) -> End {
        .failed(error: ErrorName.resultWriterFailed, cause: cause)
    }
}
