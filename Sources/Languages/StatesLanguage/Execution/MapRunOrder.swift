import Core

/// A distributed map to be run for an execution.
package struct MapRunOrder: Sendable {
    /// Names the run towards the execution.
    package let work: Int
    package let map: MapBody
    package let tolerance: MapTolerance
    /// The items; absent where a reader reads them first.
    package let items: [JSON]?
    /// The ARN of the run that goes on where its execution is redriven: what failed in it is done again.
    package let redrivenRun: String?
    private let visit: StateVisit

    init(
        work: Int, map: MapBody, tolerance: MapTolerance, items: [JSON]?, redrivenRun: String? = nil, visit: StateVisit
    ) {
        self.redrivenRun = redrivenRun
        self.work = work
        self.map = map
        self.tolerance = tolerance
        self.items = items
        self.visit = visit
    }

    /// The name of the state whose run it is.
    package var state: String { visit.state.name }

    /// The definition that the child executions run.
    package var machine: StateMachine {
        StateMachine(comment: nil, queryLanguage: visit.state.queryLanguage, timeoutSeconds: nil, flow: map.processor)
    }

    /// The inputs of child executions for items from a place on, and the first item that is left.
    ///
    /// Call it again from there until none is left: so many are made as a few megabytes hold.
    package func inputs(
        for items: [JSON], from start: Int = 0, _ evaluation: inout Evaluation
    ) throws(StateFailure) -> (inputs: [JSON], next: Int) {
        try visit.childInputs(map, items, from: start, &evaluation)
    }

    /// The files that a manifest lists, and how they are read; `nil` where what was read is no manifest.
    package func manifest(
        in bytes: [UInt8]
    ) throws(StateFailure) -> (files: [ItemManifest.File], configuration: ItemReader.Configuration)? {
        guard let reader = map.reader, let type = reader.manifestType else { return nil }
        let manifest = try ItemManifest(bytes, type: type)
        return (manifest.files, manifest.configuration(reader.configuration))
    }

    /// How many items are read at most.
    package func maximumItems(_ evaluation: inout Evaluation) throws(StateFailure) -> Int? {
        var visit = visit
        let seen = visit.scope.with(document: try visit.effectiveInput(&evaluation))
        return try visit.integer(
            map.reader?.configuration.maximumItems, "MaxItems", 1...100_000_000, in: seen, &evaluation)
    }

    /// The arguments of the reader: the bucket, the key and so on.
    package func readerArguments(_ evaluation: inout Evaluation) throws(StateFailure) -> JSON? {
        try value(of: map.reader?.parameters, &evaluation)
    }

    /// The arguments of the writer.
    package func writerArguments(_ evaluation: inout Evaluation) throws(StateFailure) -> JSON? {
        try value(of: map.writer?.parameters, &evaluation)
    }

    private func value(of template: Template?, _ evaluation: inout Evaluation) throws(StateFailure) -> JSON? {
        guard let template else { return nil }
        var visit = visit
        let effective = try visit.effectiveInput(&evaluation)
        return try template.value(in: visit.scope.with(document: effective), input: visit.input, &evaluation)
    }
}
