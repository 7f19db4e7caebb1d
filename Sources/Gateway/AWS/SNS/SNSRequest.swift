import Core
import Platform

/// What one operation of SNS is given: the call, its input, and the topic that the input names.
struct SNSRequest: Sendable {
    let call: Call
    let input: WireValue
    /// What the input names; `nil` where the operation names nothing.
    let arn: ARN?
    /// The topic, if it is there.
    let topic: NotificationTopic?

    /// What the operation acts on: what its input names, else the account.
    var resource: Resource {
        guard let arn else { return .account(call.account) }
        // An account that cannot be one has nothing here.
        return .named(arn, owner: (try? AccountID(arn.account)) ?? call.account)
    }

    /// The topic, or the refusal that there is none.
    func existing() throws(TopicError) -> NotificationTopic {
        guard let topic else { throw .missing }
        return topic
    }

    /// The subscription that the input names.
    func subscription() throws(TopicError) -> SubscriptionAddress {
        guard let arn else { throw .badParameter("Invalid parameter: SubscriptionArn") }
        guard let place = SubscriptionAddress(arn, region: call.region) else {
            guard TopicAddress(arn, region: call.region) == nil else {
                throw .badParameter("Invalid parameter: SubscriptionArn Reason: It is the ARN of a topic")
            }
            throw .subscriptionMissing
        }
        return place
    }

    func text(_ member: String) -> String { input[member]?.string ?? "" }

    /// The entries of a map, in order.
    func pairs(_ member: String) -> [(name: String, value: String)] {
        (input[member]?.fields?.members ?? []).map { ($0.name, $0.value.string ?? "") }
    }

    /// The tags that the input holds.
    func tags() throws(TopicError) -> [String: String] {
        var tags: [String: String] = [:]
        for tag in input["Tags"]?.list ?? [] {
            let key = tag["Key"]?.string ?? ""
            guard tags.updateValue(tag["Value"]?.string ?? "", forKey: key) == nil else {
                throw .badParameter("Invalid parameter: Duplicated keys are not allowed.")
            }
        }
        return tags
    }

    /// What the input of an operation names: a topic or a subscription, by the names that operations have for it.
    static func arn(in input: WireValue, of call: Call) throws(TopicError) -> ARN? {
        if let name = input["Name"]?.string, input["TopicArn"] == nil {
            // A name that cannot be one is refused with the sentence of the operation.
            guard let name = try? TopicName(name) else { throw .badParameter("Invalid parameter: Topic Name") }
            return TopicAddress(account: call.account, name: name).arn(in: call.region)
        }
        for member in ["TopicArn", "TargetArn", "ResourceArn", "SubscriptionArn"] {
            guard let text = input[member]?.string else { continue }
            do throws(NameError) { return try ARN(text) } catch {
                let count = text.split(separator: ":", omittingEmptySubsequences: false).count
                throw .badParameter(
                    "Invalid parameter: \(member) Reason: An ARN must have at least 6 elements, not \(count)")
            }
        }
        return nil
    }
}
