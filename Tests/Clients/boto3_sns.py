"""Amazon SNS through boto3: topics, subscriptions, and what queues and functions get."""

import json
import time

from expect import equal, holds, refused

ACCOUNT = "000000000000"
ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"


def queue(server, name, topic=None, **attributes):
    """A queue that topics may send to, and its URL."""
    sqs = server.client("sqs")
    statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage",
                 "Resource": QUEUE + name, "Condition": {"ArnEquals": {"aws:SourceArn": topic or ARN + "*"}}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return sqs.create_queue(QueueName=name, Attributes={"Policy": policy, **attributes})["QueueUrl"]


def received(server, url, count=1, seconds=10):
    """So many messages of a queue, which are deleted."""
    sqs, found = server.client("sqs"), []
    deadline = time.monotonic() + seconds
    while len(found) < count and time.monotonic() < deadline:
        for message in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, AttributeNames=["All"],
                                           MessageAttributeNames=["All"]).get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            found.append(message)
    return found


def bodies(server, url, count=1):
    return [json.loads(message["Body"])["Message"] for message in received(server, url, count)]


def nothing(server, url):
    equal(server.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []), [])


def test_the_life_of_a_topic(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="life", Attributes={"DisplayName": "Life"}, Tags=[{"Key": "a", "Value": "1"}])["TopicArn"]
    equal(topic, ARN + "life")
    equal(sns.create_topic(Name="life")["TopicArn"], topic)
    with refused("InvalidParameter", 400, "Topic already exists with different attributes"):
        sns.create_topic(Name="life", Attributes={"DisplayName": "Other"})
    with refused("InvalidParameter", 400, "Topic already exists with different tags"):
        sns.create_topic(Name="life", Tags=[{"Key": "a", "Value": "2"}])
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    holds(attributes, TopicArn=topic, Owner=ACCOUNT, DisplayName="Life", SubscriptionsConfirmed="0", SubscriptionsPending="0",
          SubscriptionsDeleted="0")
    equal(json.loads(attributes["Policy"])["Statement"][0]["Sid"], "__default_statement_ID")
    equal(json.loads(attributes["EffectiveDeliveryPolicy"])["http"]["defaultHealthyRetryPolicy"]["numRetries"], 3)
    assert "DeliveryPolicy" not in attributes and "FifoTopic" not in attributes, attributes
    sns.set_topic_attributes(TopicArn=topic, AttributeName="DisplayName", AttributeValue="New")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SignatureVersion", AttributeValue="2")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue="alias/x")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="TracingConfig", AttributeValue="Active")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="SQSSuccessFeedbackSampleRate", AttributeValue="10")
    holds(sns.get_topic_attributes(TopicArn=topic)["Attributes"], DisplayName="New", SignatureVersion="2",
          KmsMasterKeyId="alias/x", TracingConfig="Active", SQSSuccessFeedbackSampleRate="10")
    equal(sns.list_tags_for_resource(ResourceArn=topic)["Tags"], [{"Key": "a", "Value": "1"}])
    sns.tag_resource(ResourceArn=topic, Tags=[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": ""}])
    sns.untag_resource(ResourceArn=topic, TagKeys=["b", "none"])
    equal(sns.list_tags_for_resource(ResourceArn=topic)["Tags"], [{"Key": "a", "Value": ""}])
    with refused("TagLimitExceeded", 400):
        sns.tag_resource(ResourceArn=topic, Tags=[{"Key": f"t{number}", "Value": ""} for number in range(50)])
    sns.delete_topic(TopicArn=topic)
    sns.delete_topic(TopicArn=topic)
    with refused("NotFound", 404, "Topic does not exist"):
        sns.get_topic_attributes(TopicArn=topic)
    with refused("NotFound", 404, "Topic does not exist"):
        sns.publish(TopicArn=topic, Message="x")
    with refused("ResourceNotFound", 404):
        sns.list_tags_for_resource(ResourceArn=topic)


def test_wrong_names_and_attributes(server):
    sns = server.client("sns")
    for name in ("", "a b", "a" * 257, "ü", "a.b", "a.fifo"):
        with refused("InvalidParameter", 400, "Invalid parameter: Topic Name"):
            sns.create_topic(Name=name)
    with refused("InvalidParameter", 400, "must end with .fifo"):
        sns.create_topic(Name="plain", Attributes={"FifoTopic": "true"})
    topic = sns.create_topic(Name="wrong")["TopicArn"]
    for name, value, reason in (
            ("Nonsense", "x", "AttributeName"), ("TopicArn", "x", "AttributeName"), ("ContentBasedDeduplication", "true", "AttributeName"),
            ("DisplayName", "x" * 101, "DisplayName"), ("DisplayName", "a\nb", "DisplayName"), ("Policy", "{", "Policy Error: The policy is not JSON"),
            ("SignatureVersion", "3", "SignatureVersion"), ("TracingConfig", "On", "TracingConfig"),
            ("DeliveryPolicy", "x", "failed to parse JSON"), ("DeliveryPolicy", '{"smtp":{}}', "Unexpected JSON member: smtp"),
            ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":101}}}', "numRetries"),
            ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":30,"maxDelayTarget":20}}}', "minDelayTarget"),
            ("DeliveryPolicy", '{"http":{"defaultHealthyRetryPolicy":{"numRetries":100,"minDelayTarget":60,"maxDelayTarget":60}}}', "3600")):
        with refused("InvalidParameter", 400, reason):
            sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    with refused("InvalidParameter", 400, "An ARN must have at least 6 elements, not 1"):
        sns.get_topic_attributes(TopicArn="wrong")
    for other in ("arn:aws:sns:us-east-1:111111111111:x", "arn:aws:sns:eu-west-1:000000000000:wrong", "arn:aws:sqs:us-east-1:000000000000:wrong"):
        try:
            sns.get_topic_attributes(TopicArn=other)
            raise AssertionError(f"{other} was found")
        except sns.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] in ("NotFound", "AuthorizationError"), error.response


def test_lists_of_topics_and_subscriptions(server):
    sns = server.client("sns")
    topics = [sns.create_topic(Name=f"list-{number:03}")["TopicArn"] for number in range(105)]
    listed = [topic["TopicArn"] for page in sns.get_paginator("list_topics").paginate() for topic in page["Topics"]]
    equal([arn for arn in listed if ":list-" in arn], topics)
    equal(len(sns.list_topics()["Topics"]), 100)
    with refused("InvalidParameter", 400, "NextToken"):
        sns.list_topics(NextToken="nonsense")
    made = {sns.subscribe(TopicArn=topics[0], Protocol="sqs", Endpoint=f"{QUEUE}list-{number}")["SubscriptionArn"] for number in range(103)}
    by_topic = [found for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topics[0]) for found in page["Subscriptions"]]
    equal({found["SubscriptionArn"] for found in by_topic}, made)
    equal(len(by_topic), 103)
    everything = [found for page in sns.get_paginator("list_subscriptions").paginate() for found in page["Subscriptions"]]
    equal({found["SubscriptionArn"] for found in everything if found["TopicArn"] == topics[0]}, made)
    holds(by_topic[0], Owner=ACCOUNT, Protocol="sqs", TopicArn=topics[0])
    for topic in topics:
        sns.delete_topic(TopicArn=topic)
    everything = [found for page in sns.get_paginator("list_subscriptions").paginate() for found in page["Subscriptions"]]
    equal([found for found in everything if found["TopicArn"] == topics[0]], [])


def test_a_queue_gets_the_notification(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="to-queue")["TopicArn"]
    url = queue(server, "from-topic", topic)
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "from-topic")["SubscriptionArn"]
    assert subscription.startswith(topic + ":"), subscription
    equal(sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "from-topic")["SubscriptionArn"], subscription)
    with refused("InvalidParameter", 400, "Subscription already exists with different attributes"):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "from-topic", Attributes={"RawMessageDelivery": "true"})
    attributes = {"kind": {"DataType": "String", "StringValue": "ü"}, "count": {"DataType": "Number", "StringValue": "12"},
                  "many": {"DataType": "String.Array", "StringValue": '["a", 1, true, null]'},
                  "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sent = sns.publish(TopicArn=topic, Message="hello\nü", Subject="A subject", MessageAttributes=attributes)
    message, = received(server, url)
    assert "MessageAttributes" not in message, message
    body = json.loads(message["Body"])
    holds(body, Type="Notification", MessageId=sent["MessageId"], TopicArn=topic, Subject="A subject", Message="hello\nü",
          SignatureVersion="1", MessageAttributes={
              "kind": {"Type": "String", "Value": "ü"}, "count": {"Type": "Number", "Value": "12"},
              "many": {"Type": "String.Array", "Value": '["a", 1, true, null]'}, "raw": {"Type": "Binary", "Value": "AP8="}})
    equal(list(body), ["Type", "MessageId", "TopicArn", "Subject", "Message", "Timestamp", "SignatureVersion", "Signature",
                       "SigningCertURL", "UnsubscribeURL", "MessageAttributes"])
    assert body["Timestamp"].endswith("Z") and len(body["Timestamp"]) == 24, body
    assert f"SubscriptionArn={subscription}" in body["UnsubscribeURL"], body
    equal(message["Attributes"]["SenderId"], "sns.amazonaws.com")

    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="RawMessageDelivery", AttributeValue="true")
    sns.publish(TargetArn=topic, Message="raw", MessageAttributes=attributes)
    message, = received(server, url)
    equal(message["Body"], "raw")
    equal(message["MessageAttributes"], attributes)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.unsubscribe(SubscriptionArn=subscription)
    sns.publish(TopicArn=topic, Message="nobody")
    nothing(server, url)
    holds(sns.get_topic_attributes(TopicArn=topic)["Attributes"], SubscriptionsConfirmed="0", SubscriptionsDeleted="1")
    with refused("NotFound", 404, "Subscription does not exist"):
        sns.get_subscription_attributes(SubscriptionArn=subscription)


def test_attributes_of_subscriptions(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="attributed")["TopicArn"]
    dead = json.dumps({"deadLetterTargetArn": QUEUE + "dead"})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "attributed", ReturnSubscriptionArn=True, Attributes={
        "RawMessageDelivery": "true", "FilterPolicyScope": "MessageBody", "FilterPolicy": '{"a": {"b": ["c"]}}', "RedrivePolicy": dead})["SubscriptionArn"]
    found = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    holds(found, SubscriptionArn=subscription, TopicArn=topic, Owner=ACCOUNT, Protocol="sqs", Endpoint=QUEUE + "attributed",
          PendingConfirmation="false", ConfirmationWasAuthenticated="true", RawMessageDelivery="true", FilterPolicyScope="MessageBody",
          FilterPolicy='{"a": {"b": ["c"]}}', SubscriptionPrincipal=f"arn:aws:iam::{ACCOUNT}:root")
    equal(json.loads(found["RedrivePolicy"]), json.loads(dead))
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue="{}")
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="RedrivePolicy", AttributeValue="")
    found = sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]
    assert "FilterPolicy" not in found and "FilterPolicyScope" not in found and "RedrivePolicy" not in found, found
    for name, value, reason in (
            ("Nonsense", "x", "AttributeName"), ("RawMessageDelivery", "maybe", "RawMessageDelivery: Invalid value [maybe]"),
            ("FilterPolicyScope", "Both", "Please use either MessageBody or MessageAttributes"), ("FilterPolicy", "[]", "FilterPolicy"),
            ("FilterPolicy", '{"a": "b"}', "FilterPolicy"), ("FilterPolicy", '{"a": [{"nonsense": 1}]}', "FilterPolicy"),
            ("RedrivePolicy", "x", "failed to parse JSON"), ("RedrivePolicy", "{}", "deadLetterTargetArn"),
            ("RedrivePolicy", '{"deadLetterTargetArn": "arn:aws:sns:us-east-1:000000000000:x"}', "invalid arn"),
            ("DeliveryPolicy", '{"healthyRetryPolicy": {"backoffFunction": "no"}}', "backoffFunction")):
        with refused("InvalidParameter", 400, reason):
            sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName=name, AttributeValue=value)
    sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="FilterPolicyScope", AttributeValue="MessageAttributes")
    with refused("InvalidParameter", 400, "nested"):
        sns.set_subscription_attributes(SubscriptionArn=subscription, AttributeName="FilterPolicy", AttributeValue='{"a": {"b": ["c"]}}')
    for protocol, endpoint, reason in (
            ("pigeon", "x", "Does not support this protocol string: pigeon"), ("sqs", "x", "SQS endpoint ARN"),
            ("sqs", QUEUE + "a.fifo", "FIFO SQS Queues can not be subscribed to standard SNS topics"),
            ("lambda", QUEUE + "a", "Lambda endpoint ARN"), ("sms", "+491", "Does not support this protocol string: sms")):
        with refused("InvalidParameter", 400, reason):
            sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    with refused("NotFound", 404, "Topic does not exist"):
        sns.subscribe(TopicArn=ARN + "nowhere", Protocol="sqs", Endpoint=QUEUE + "x")
    with refused("InvalidParameter", 400, "Token"):
        sns.confirm_subscription(TopicArn=topic, Token="forged")


def test_filters(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="filtered")["TopicArn"]
    by_attribute, by_body, both = queue(server, "by-attribute"), queue(server, "by-body"), queue(server, "all")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "by-attribute", Attributes={
        "FilterPolicy": '{"kind": ["a", {"prefix": "b-"}], "count": [{"numeric": [">", 5]}]}'})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "by-body", Attributes={
        "FilterPolicy": '{"order": {"state": ["open"]}}', "FilterPolicyScope": "MessageBody"})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "all")

    def publish(message, **attributes):
        sns.publish(TopicArn=topic, Message=message, MessageAttributes={
            name: {"DataType": "Number" if name == "count" else "String.Array" if value.startswith("[") else "String", "StringValue": value}
            for name, value in attributes.items()})

    publish("1", kind="a", count="6")
    publish("2", kind="a", count="5")
    publish("3", kind='["x", "b-1"]', count="7")
    publish('{"order": {"state": "open"}}')
    publish('{"order": {"state": "shut"}}')
    equal(sorted(bodies(server, by_attribute, 2)), ["1", "3"])
    equal(bodies(server, by_body), ['{"order": {"state": "open"}}'])
    equal(len(bodies(server, both, 5)), 5)
    nothing(server, by_attribute)
    nothing(server, by_body)


def test_wrong_messages(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="strict")["TopicArn"]
    for options, code, reason in (
            ({"Message": ""}, "InvalidParameter", "Empty message"), ({"Message": "x" * 262145}, "InvalidParameter", "Message too long"),
            ({"Message": "x", "Subject": "s" * 101}, "InvalidParameter", "Subject"), ({"Message": "x", "Subject": "a\r\nBcc: x@y"}, "InvalidParameter", "Subject"),
            ({"Message": "x", "Subject": "ü"}, "InvalidParameter", "Subject"), ({"Message": "x", "MessageStructure": "xml"}, "InvalidParameter", "structure"),
            ({"Message": "x", "MessageStructure": "json"}, "InvalidParameter", "JSON message body failed to parse"),
            ({"Message": '{"sqs": "x"}', "MessageStructure": "json"}, "InvalidParameter", "No default entry in JSON message body"),
            ({"Message": "x", "MessageDeduplicationId": "d"}, "InvalidParameter", "MessageDeduplicationId"),
            ({"Message": "x", "MessageGroupId": "a b"}, "InvalidParameter", "MessageGroupId"),
            ({"Message": "x", "MessageAttributes": {"a": {"DataType": "Text", "StringValue": "x"}}}, "ParameterValueInvalid", "Binary, Number, and String"),
            ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String", "StringValue": ""}}}, "ParameterValueInvalid", "non-empty"),
            ({"Message": "x", "MessageAttributes": {"a": {"DataType": "Number", "StringValue": "x"}}}, "ParameterValueInvalid", "number"),
            ({"Message": "x", "MessageAttributes": {"a": {"DataType": "String.Array", "StringValue": "x"}}}, "ParameterValueInvalid", "JSON array"),
            ({"Message": "x", "MessageAttributes": {"AWS.a": {"DataType": "String", "StringValue": "x"}}}, "ParameterValueInvalid", "AWS.")):
        with refused(code, 400, reason):
            sns.publish(TopicArn=topic, **options)
    with refused("InvalidParameter", 400, "PhoneNumber"):
        sns.publish(PhoneNumber="+491", Message="x")
    with refused("InvalidParameter", 400, "no value for required parameter"):
        sns.publish(Message="x")
    sns.publish(TopicArn=topic, Message="x" * 262144)


def test_structure_and_batches(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="batched")["TopicArn"]
    url = queue(server, "batched")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "batched")
    sns.publish(TopicArn=topic, MessageStructure="json", Message=json.dumps({"default": "d", "sqs": "for queues", "http": 1}))
    equal(bodies(server, url), ["for queues"])
    answer = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
        {"Id": "1", "Message": "one", "Subject": "s"}, {"Id": "2", "Message": ""}, {"Id": "3", "Message": "three"}])
    equal([entry["Id"] for entry in answer["Successful"]], ["1", "3"])
    failed, = answer["Failed"]
    holds(failed, Id="2", Code="InvalidParameter", SenderFault=True)
    equal(sorted(bodies(server, url, 2)), ["one", "three"])
    for entries, code in (([], "EmptyBatchRequest"), ([{"Id": str(n), "Message": "x"} for n in range(11)], "TooManyEntriesInBatchRequest"),
                          ([{"Id": "a", "Message": "x"}] * 2, "BatchEntryIdsNotDistinct"), ([{"Id": "a b", "Message": "x"}], "InvalidBatchEntryId"),
                          ([{"Id": str(n), "Message": "x" * 200000} for n in range(2)], "BatchRequestTooLong")):
        with refused(code, 400):
            sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=entries)


def test_order_in_fifo_topics(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="ordered.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    holds(sns.get_topic_attributes(TopicArn=topic)["Attributes"], FifoTopic="true", ContentBasedDeduplication="false", FifoThroughputScope="Topic")
    url = queue(server, "ordered.fifo", FifoQueue="true")
    raw = queue(server, "ordered-raw.fifo", FifoQueue="true")
    plain = queue(server, "ordered-plain")
    for name, attributes in (("ordered.fifo", {}), ("ordered-raw.fifo", {"RawMessageDelivery": "true"}), ("ordered-plain", {})):
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + name, Attributes=attributes)
    with refused("InvalidParameter", 400, "MessageGroupId parameter is required"):
        sns.publish(TopicArn=topic, Message="x")
    with refused("InvalidParameter", 400, "ContentBasedDeduplication enabled or MessageDeduplicationId"):
        sns.publish(TopicArn=topic, Message="x", MessageGroupId="g")
    with refused("InvalidParameter", 400):
        sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f")
    answers = [sns.publish(TopicArn=topic, Message=str(n), MessageGroupId="g", MessageDeduplicationId=f"d{n}") for n in range(12)]
    again = sns.publish(TopicArn=topic, Message="other", MessageGroupId="g", MessageDeduplicationId="d0")
    equal((again["MessageId"], again["SequenceNumber"]), (answers[0]["MessageId"], answers[0]["SequenceNumber"]))
    numbers = [int(answer["SequenceNumber"]) for answer in answers]
    assert numbers == sorted(set(numbers)) and len(answers[0]["SequenceNumber"]) == 20, numbers
    messages = received(server, url, 12)
    found = [json.loads(message["Body"]) for message in messages]
    equal([body["Message"] for body in found], [str(n) for n in range(12)])
    equal([(body["MessageId"], body["SequenceNumber"]) for body in found], [(a["MessageId"], a["SequenceNumber"]) for a in answers])
    holds(messages[3]["Attributes"], MessageGroupId="g", MessageDeduplicationId="d3")
    equal([message["Body"] for message in received(server, raw, 12)], [str(n) for n in range(12)])
    equal(sorted(bodies(server, plain, 12), key=int), [str(n) for n in range(12)])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="ContentBasedDeduplication", AttributeValue="true")
    sns.set_topic_attributes(TopicArn=topic, AttributeName="FifoThroughputScope", AttributeValue="MessageGroup")
    batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[
        {"Id": str(n), "Message": f"same {n % 2}", "MessageGroupId": "h"} for n in range(4)])
    equal(len({entry["SequenceNumber"] for entry in batch["Successful"]}), 2)
    other = sns.publish(TopicArn=topic, Message="same 0", MessageGroupId="i")  # new to the topic, and a duplicate to the queue
    assert other["SequenceNumber"] not in {entry["SequenceNumber"] for entry in batch["Successful"]}, other
    equal(bodies(server, url, 2), ["same 0", "same 1"])
    nothing(server, url)


def test_permissions_of_topics(server):
    sns = server.client("sns")
    topic = sns.create_topic(Name="shared")["TopicArn"]
    sns.add_permission(TopicArn=topic, Label="friends", AWSAccountId=["111111111111"], ActionName=["Publish", "GetTopicAttributes"])
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    equal([statement["Sid"] for statement in policy["Statement"]], ["__default_statement_ID", "friends"])
    holds(policy["Statement"][1], Principal={"AWS": "arn:aws:iam::111111111111:root"}, Resource=topic)
    with refused("InvalidParameter", 400, "already exists"):
        sns.add_permission(TopicArn=topic, Label="friends", AWSAccountId=["111111111111"], ActionName=["Publish"])
    with refused("InvalidParameter", 400, "out of service scope"):
        sns.add_permission(TopicArn=topic, Label="x", AWSAccountId=["111111111111"], ActionName=["CreateTopic"])
    with refused("InvalidParameter", 400):
        sns.add_permission(TopicArn=topic, Label="x", AWSAccountId=["me"], ActionName=["Publish"])
    sns.remove_permission(TopicArn=topic, Label="friends")
    policy = json.loads(sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"])
    equal([statement["Sid"] for statement in policy["Statement"]], ["__default_statement_ID"])
    deny = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "SNS:Publish", "Resource": topic}]}
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(deny))
    with refused("AuthorizationError", 403, "explicit deny"):
        sns.publish(TopicArn=topic, Message="x")
    with refused("AuthorizationError", 403, "explicit deny"):
        sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": "x"}])
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="")
    sns.publish(TopicArn=topic, Message="x")


def test_a_queue_that_does_not_let_the_topic_in(server):
    sns, sqs = server.client("sns"), server.client("sqs")
    topic = sns.create_topic(Name="shut-out")["TopicArn"]
    closed = sqs.create_queue(QueueName="closed")["QueueUrl"]
    dead = queue(server, "dead-letters-of-topic", topic)
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "closed", Attributes={
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE + "dead-letters-of-topic"})})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=QUEUE + "not-there", Attributes={
        "RedrivePolicy": json.dumps({"deadLetterTargetArn": QUEUE + "dead-letters-of-topic"}), "RawMessageDelivery": "true"})
    sns.publish(TopicArn=topic, Message="lost?", MessageAttributes={"a": {"DataType": "String", "StringValue": "b"}})
    letters = received(server, dead, 2)
    raw, = [letter for letter in letters if letter["Body"] == "lost?"]
    equal(raw["MessageAttributes"]["a"]["StringValue"], "b")
    whole, = [letter for letter in letters if letter["Body"] != "lost?"]
    holds(json.loads(whole["Body"]), Type="Notification", Message="lost?", TopicArn=topic)
    nothing(server, closed)
