import Core
import Testing

@testable import Platform

struct DeliveryPolicyTests {
    @Test(arguments: [
        ("{}", [20, 20, 20]), (#"{"healthyRetryPolicy":{"numRetries":0}}"#, []),
        (
            #"{"healthyRetryPolicy":{"numRetries":6,"numNoDelayRetries":1,"numMinDelayRetries":1,"#
                + #""numMaxDelayRetries":1,"minDelayTarget":2,"maxDelayTarget":10}}"#, [0, 2, 2, 6, 10, 10]
        ),
        (
            #"{"healthyRetryPolicy":{"numRetries":3,"minDelayTarget":1,"maxDelayTarget":9,"#
                + #""backoffFunction":"exponential"}}"#, [1, 2, 9]
        ),
    ])
    func `retries wait as their phases say`(text: String, delays: [Int]) throws {
        var settings = SubscriptionSettings()
        settings.deliveryPolicy = try DeliveryPolicy.subscriptionText(text)
        #expect(DeliveryPolicy.of(settings, in: TopicSettings(isFIFO: false)).delays == delays)
    }

    @Test func `a topic may forbid that subscriptions have their own`() throws {
        var (settings, topic) = (SubscriptionSettings(), TopicSettings(isFIFO: false))
        settings.deliveryPolicy = try DeliveryPolicy.subscriptionText(#"{"healthyRetryPolicy":{"numRetries":9}}"#)
        topic.deliveryPolicy = try DeliveryPolicy.topicText(
            #"{"http":{"defaultHealthyRetryPolicy":{"numRetries":1},"disableSubscriptionOverrides":true}}"#)
        #expect(DeliveryPolicy.of(settings, in: topic).retries == 1)
    }

    @Test(arguments: [
        "", "[]", "1", #"{"healthyRetryPolicy":1}"#, #"{"healthyRetryPolicy":{"numRetries":-1}}"#,
        #"{"healthyRetryPolicy":{"numRetries":1e99}}"#, #"{"healthyRetryPolicy":{"numRetries":9223372036854775807}}"#,
        #"{"healthyRetryPolicy":{"numRetries":1,"numNoDelayRetries":1,"numMinDelayRetries":1}}"#,
        #"{"healthyRetryPolicy":{"minDelayTarget":0}}"#, #"{"requestPolicy":{"headerContentType":"a\r\nb: c"}}"#,
        #"{"throttlePolicy":{"maxReceivesPerSecond":0}}"#, #"{"unknown":1}"#,
    ])
    func `what is no policy is refused`(text: String) {
        #expect(throws: TopicError.self) { try DeliveryPolicy.subscriptionText(text) }
    }
}
