import Core

extension Topics {
    /// Asks the endpoint of a subscription whether it wants messages.
    func askToConfirm(_ id: SubscriptionID, in topic: NotificationTopic) async throws(TopicError) {}
}
