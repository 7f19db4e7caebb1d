import Core

/// What the context object says about an execution and its machine.
package struct ExecutionIdentity: Hashable, Sendable {
    package let id: String
    package let name: String
    package let role: String
    package let machineID: String
    package let machineName: String

    /// Takes ARNs and names.
    package init(id: String, name: String, role: String, machineID: String, machineName: String) {
        self.id = id
        self.name = name
        self.role = role
        self.machineID = machineID
        self.machineName = machineName
    }

    /// The members `Execution` and `StateMachine` of the context object.
    func context(input: JSON, startedAt: Instant, redrives: Int, redrivenAt: Instant? = nil) -> JSONObject {
        var execution = JSONObject([
            ("Id", .string(id)), ("Input", input), ("StartTime", .string(startedAt.iso8601)), ("Name", .string(name)),
            ("RoleArn", .string(role)), ("RedriveCount", .number(JSONNumber(Int64(redrives)))),
        ])
        if let redrivenAt { execution["RedriveTime"] = .string(redrivenAt.iso8601) }
        return JSONObject([
            ("Execution", .object(execution)),
            ("StateMachine", .object(JSONObject([("Id", .string(machineID)), ("Name", .string(machineName))]))),
        ])
    }
}
