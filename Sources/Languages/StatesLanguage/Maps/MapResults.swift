import Core

/// What a distributed map makes of the executions of its items where no writer writes files: its output.
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

    package let children: [Child]
    private let writer: ResultWriter?

    /// Takes the executions in the order of their items.
    package init(_ children: [Child], writer: ResultWriter?) {
        self.children = children
        self.writer = writer
    }

    /// The output of the state where nothing is written elsewhere.
    package var output: JSON {
        let results = children.flatMap { Self.results(of: $0, writer?.transformation ?? "COMPACT") }
        guard writer?.outputType == "JSONL" else { return .array(results) }
        return .string(results.map(\.text).joined(separator: "\n"))
    }

    /// What is told of one execution.
    static func results(of child: Child, _ transformation: String) -> [JSON] {
        switch (transformation, child.output) {
        case ("COMPACT", let output?): [output]
        case ("FLATTEN", .array(let elements)?): elements
        case ("FLATTEN", let output?): [output]
        default: [description(of: child)]
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
