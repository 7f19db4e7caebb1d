import Core
import Platform

extension SQSOperations {
    var permissionOperations: [String: Handler] {
        ["AddPermission": addPermission, "RemovePermission": removePermission]
    }

    /// The actions that can be given to other accounts one by one.
    private static let shareable: Set<String> = [
        "*", "SendMessage", "ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes",
        "GetQueueUrl", "ListDeadLetterSourceQueues", "PurgeQueue",
    ]

    @Sendable private func addPermission(_ request: SQSRequest) async throws -> WireValue {
        let queue = try request.existing()
        let label = request.input["Label"]?.string ?? ""
        guard BatchEntryID.isValid(label) else {
            throw QueueError.badValue(
                String(label.prefix(256)), parameter: "Label",
                reason: "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.")
        }
        var accounts: [AccountID] = []
        for text in request.input["AWSAccountIds"]?.strings ?? [] {
            // Anything but twelve digits is no account.
            guard let account = try? AccountID(text) else {
                throw QueueError.badValue(
                    String(text.prefix(256)), parameter: "PrincipalId", reason: "Unable to verify.")
            }
            accounts.append(account)
        }
        let actions = request.input["Actions"]?.strings ?? []
        if let wrong = actions.first(where: { !Self.shareable.contains($0) }) {
            throw QueueError.badValue(
                String(wrong.prefix(256)), parameter: "ActionName",
                reason: "Only the queue owner is allowed to invoke this action.")
        }
        guard !accounts.isEmpty else { throw QueueError.parameterMissing("AWSAccountIds") }
        guard !actions.isEmpty else { throw QueueError.parameterMissing("Actions") }
        let (arn, all) = (queue.address.arn(in: request.call.region), accounts)
        try await queues.change(queue.address) { (state, now) throws(QueueError) in
            try state.addPermission(label, accounts: all, actions: actions, on: arn, at: now)
        }
        return [:]
    }

    @Sendable private func removePermission(_ request: SQSRequest) async throws -> WireValue {
        let address = try request.existing().address
        let label = request.input["Label"]?.string ?? ""
        let arn = address.arn(in: request.call.region)
        try await queues.change(address) { (state, now) throws(QueueError) in
            try state.removePermission(label, on: arn, at: now)
        }
        return [:]
    }
}
