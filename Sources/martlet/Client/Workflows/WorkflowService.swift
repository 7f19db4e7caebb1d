import Core

/// What the server answers about state machines and their executions.
struct WorkflowService {
    let client: ServiceClient

    /// Every machine, page by page.
    func machines() async throws -> [JSON] {
        try await pages("ListStateMachines", "stateMachines", JSONObject(), limit: .max)
    }

    /// The newest executions of a machine.
    func executions(of machine: String, status: String?, limit: Int) async throws -> [JSON] {
        var input = JSONObject([("stateMachineArn", .string(machine))])
        input["statusFilter"] = status.map { .string($0) }
        return try await pages("ListExecutions", "executions", input, limit: limit)
    }

    /// The ARN of a machine that is named: by its ARN, its name, or its name and a version or alias.
    func machine(_ text: String) async throws -> String {
        if text.hasPrefix("arn:") { return text }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let found = try await machines().first { $0["name"]?.string == parts[0] }?["stateMachineArn"]?.string
        guard let found else {
            throw ClientError.badInput(
                "There is no state machine '\(Terminal.harmless(parts[0]))'. See what there is with 'martlet workflows'."
            )
        }
        return parts.count == 2 ? "\(found):\(parts[1])" : found
    }

    /// The ARN of an execution that is named: by its ARN, as `MACHINE:NAME`, or as a machine, whose latest one it is.
    func execution(_ text: String) async throws -> String {
        if text.hasPrefix("arn:"), !text.contains(":stateMachine:") { return text }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if !text.hasPrefix("arn:"), parts.count == 2 {
            let machine = try await machine(parts[0])
            return machine.replacing(":stateMachine:", with: ":execution:") + ":\(parts[1])"
        }
        let latest = try await executions(of: try await machine(text), status: nil, limit: 1).first
        guard let arn = latest?["executionArn"]?.string else {
            throw ClientError.badInput(
                "'\(Terminal.harmless(text))' has no execution yet. Begin one: martlet workflows start NAME")
        }
        return arn
    }

    /// Begins an execution; gives its ARN.
    func start(_ machine: String, input: String, name: String?) async throws -> String {
        var body = JSONObject([("stateMachineArn", .string(machine)), ("input", .string(input))])
        body["name"] = name.map { .string($0) }
        return try await text("executionArn", in: try await send("StartExecution", body))
    }

    /// What is known of a machine.
    func describe(machine: String) async throws -> JSON {
        try await send("DescribeStateMachine", JSONObject([("stateMachineArn", .string(machine))]))
    }

    /// What is known of an execution.
    func describe(execution: String) async throws -> JSON {
        try await send("DescribeExecution", JSONObject([("executionArn", .string(execution))]))
    }

    /// The machine as it was when an execution began.
    func machine(of execution: String) async throws -> JSON {
        try await send("DescribeStateMachineForExecution", JSONObject([("executionArn", .string(execution))]))
    }

    /// Ends an execution.
    func stop(_ execution: String, error: String?, cause: String?) async throws {
        var body = JSONObject([("executionArn", .string(execution))])
        body["error"] = error.map { .string($0) }
        body["cause"] = cause.map { .string($0) }
        _ = try await send("StopExecution", body)
    }

    /// Lets a failed execution go on from where it failed.
    func redrive(_ execution: String) async throws {
        _ = try await send("RedriveExecution", JSONObject([("executionArn", .string(execution))]))
    }

    /// A page of an execution's events, oldest first, at most 1,000.
    func history(_ execution: String, withData: Bool, token: String?) async throws -> (events: [JSON], next: String?) {
        var body = JSONObject([
            ("executionArn", .string(execution)), ("maxResults", 1000), ("includeExecutionData", .bool(withData)),
        ])
        body["nextToken"] = token.map { .string($0) }
        let page = try await send("GetExecutionHistory", body)
        guard let events = page["events"]?.array else { throw ClientError.malformedAnswer }
        return (events, page["nextToken"]?.string)
    }

    private func text(_ member: String, in answer: JSON) async throws -> String {
        guard let text = answer[member]?.string else { throw ClientError.malformedAnswer }
        return text
    }

    private func pages(_ operation: String, _ list: String, _ input: JSONObject, limit: Int) async throws -> [JSON] {
        var found: [JSON] = []
        var token: String?
        repeat {
            var body = input
            body["maxResults"] = .number(JSONNumber(Int64(min(1000, limit - found.count))))
            body["nextToken"] = token.map { .string($0) }
            let page = try await send(operation, body)
            guard let members = page[list]?.array else { throw ClientError.malformedAnswer }
            found += members
            token = page["nextToken"]?.string
        } while token != nil && found.count < limit
        return Array(found.prefix(limit))
    }

    private func send(_ operation: String, _ body: JSONObject) async throws -> JSON {
        try await client.send(
            ServiceClient.Request(
                service: "states", target: "/",
                headers: [
                    ("Content-Type", "application/x-amz-json-1.0"), ("X-Amz-Target", "AWSStepFunctions.\(operation)"),
                ], body: JSON.object(body).serialized)
        ).json()
    }
}

extension ServerAccess.Options {
    /// The server's state machines.
    func workflows() async throws -> WorkflowService {
        WorkflowService(client: ServiceClient(access: try await access()))
    }
}
