import Core
import Platform

extension SNSOperations {
    var permissionOperations: [String: Handler] {
        ["AddPermission": addPermission, "RemovePermission": removePermission]
    }

    /// The actions that can be given to other accounts one by one.
    private static let shareable: Set<String> = [
        "*", "GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic",
        "Subscribe", "ListSubscriptionsByTopic", "Publish", "Receive",
    ]

    @Sendable private func addPermission(_ request: SNSRequest) async throws -> WireValue {
        let topic = try request.existing()
        let label = request.text("Label")
        guard (1...100).contains(label.utf8.count) else { throw TopicError.badParameter("Invalid parameter: Label") }
        var accounts: [AccountID] = []
        for text in request.input["AWSAccountId"]?.strings ?? [] {
            // Anything but twelve digits is no account.
            guard let account = try? AccountID(text) else {
                throw TopicError.badParameter("Invalid parameter: Invalid account: \(text.prefix(64))")
            }
            accounts.append(account)
        }
        let actions = request.input["ActionName"]?.strings ?? []
        guard !accounts.isEmpty else { throw TopicError.badParameter("Invalid parameter: AWSAccountId") }
        guard !actions.isEmpty, actions.allSatisfy({ Self.shareable.contains($0) }) else {
            throw TopicError.badParameter("Invalid parameter: Policy statement action out of service scope!")
        }
        let (arn, all) = (topic.address.arn(in: request.call.region), accounts)
        try await topics.change(topic.address) { (state) throws(TopicError) in
            try state.addPermission(label, accounts: all, actions: actions, on: arn)
        }
        return [:]
    }

    @Sendable private func removePermission(_ request: SNSRequest) async throws -> WireValue {
        let address = try request.existing().address
        let (label, arn) = (request.text("Label"), address.arn(in: request.call.region))
        try await topics.change(address) { (state) throws(TopicError) in
            try state.removePermission(label, on: arn)
        }
        return [:]
    }
}
