"""Amazon SQS through boto3, and through the older query protocol of clients before 2023."""

import hashlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree

from expect import equal, eventually, holds, refused

MISSING = "AWS.SimpleQueueService.NonExistentQueue"
ATTRIBUTES = {"kind": {"DataType": "String", "StringValue": "test ü"}, "count": {"DataType": "Number.int", "StringValue": "12"},
              "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff\x10"}}


def attribute(sqs, url, name):
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]


def receive(sqs, url, **options):
    return sqs.receive_message(QueueUrl=url, **options).get("Messages", [])


def test_the_life_of_a_queue(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="life", Attributes={"VisibilityTimeout": "7"}, tags={"a": "1"})["QueueUrl"]
    equal(sqs.create_queue(QueueName="life")["QueueUrl"], url)
    equal(sqs.create_queue(QueueName="life", Attributes={"VisibilityTimeout": "7"})["QueueUrl"], url)
    with refused("QueueAlreadyExists", 400, "different value for attribute VisibilityTimeout"):
        sqs.create_queue(QueueName="life", Attributes={"VisibilityTimeout": "8"})
    equal(sqs.get_queue_url(QueueName="life")["QueueUrl"], url)
    with refused(MISSING, 400, "The specified queue does not exist"):
        sqs.get_queue_url(QueueName="nowhere")
    everything = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    holds(everything, VisibilityTimeout="7", DelaySeconds="0", MaximumMessageSize="1048576", MessageRetentionPeriod="345600",
          ReceiveMessageWaitTimeSeconds="0", SqsManagedSseEnabled="true", ApproximateNumberOfMessages="0",
          ApproximateNumberOfMessagesNotVisible="0", ApproximateNumberOfMessagesDelayed="0")
    assert everything["QueueArn"].endswith(":000000000000:life") and abs(int(everything["CreatedTimestamp"]) - time.time()) < 60
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "1", "MessageRetentionPeriod": "60"})
    equal(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds", "MessageRetentionPeriod"])["Attributes"],
          {"DelaySeconds": "1", "MessageRetentionPeriod": "60"})
    sqs.delete_queue(QueueUrl=url)
    with refused(MISSING, 400):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    with refused("AWS.SimpleQueueService.QueueDeletedRecently", 400, "60 seconds"):
        sqs.create_queue(QueueName="life")


def test_wrong_attributes_and_names(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="wrong")["QueueUrl"]
    for name, value in (("VisibilityTimeout", "43201"), ("VisibilityTimeout", "x"), ("DelaySeconds", "901"), ("MaximumMessageSize", "1023"),
                        ("MessageRetentionPeriod", "59"), ("ReceiveMessageWaitTimeSeconds", "21"), ("Policy", "{"),
                        ("SqsManagedSseEnabled", "maybe")):
        with refused("InvalidAttributeValue", 400, f"Invalid value for the parameter {name}."):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
    for name, value, reason in (("DelaySeconds", "901", "from 0 to 900, not '901'"), ("Policy", "{", "not JSON"),
                                ("Policy", '{"Statement": {"Effect": "Allow"}}', "Statement lacks Action"),
                                ("SqsManagedSseEnabled", "maybe", "false or true, not 'maybe'")):
        with refused("InvalidAttributeValue", 400, reason):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: value})
    for value, reason in (("[]", "not a valid JSON map"), ('{"redrivePermission": "some"}', "allowAll, denyAll or byQueue"),
                          ('{"redrivePermission": "byQueue"}', "1 to 10"), ('{"redrivePermission": "byQueue", "sourceQueueArns": ["x"]}', '"x"')):
        with refused("InvalidParameterValue", 400, reason):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": value})
    for name in ("Nonsense", "QueueArn", "FifoQueue", "ContentBasedDeduplication"):
        with refused("InvalidAttributeName", 400, f"Unknown Attribute {name}."):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: "true"})
    with refused("InvalidAttributeName", 400, "Unknown Attribute Nonsense."):
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Nonsense"])
    for name in ("", "a b", "a" * 81, "ü", "a.fifo"):
        with refused("InvalidParameterValue", 400, "alphanumeric"):
            sqs.create_queue(QueueName=name)
    with refused("InvalidParameterValue", 400, "must end with .fifo"):
        sqs.create_queue(QueueName="a", Attributes={"FifoQueue": "true"})
    for redrive, reason in (("x", "not a valid JSON map"), ("{}", "mandatory attribute: deadLetterTargetArn"),
                            ('{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:no","maxReceiveCount":0}', "from 1 to 1000")):
        with refused("InvalidParameterValue", 400, reason):
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive})
    equal(attribute(sqs, url, "VisibilityTimeout"), "30")


def test_lists_of_queues(server):
    sqs = server.client("sqs")
    urls = [sqs.create_queue(QueueName=f"list-{number}")["QueueUrl"] for number in range(5)]
    equal(sqs.list_queues(QueueNamePrefix="list-")["QueueUrls"], urls)
    page = sqs.list_queues(QueueNamePrefix="list-", MaxResults=2)
    equal(page["QueueUrls"], urls[:2])
    equal([url for page in sqs.get_paginator("list_queues").paginate(QueueNamePrefix="list-", PaginationConfig={"PageSize": 2})
           for url in page["QueueUrls"]], urls)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="list-none")
    with refused("InvalidParameterValue", 400, "between 1 and 1000"):
        sqs.list_queues(MaxResults=1001)
    with refused("InvalidParameterValue", 400):
        sqs.list_queues(NextToken="nonsense", MaxResults=2)


def test_a_message_comes_and_goes(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="messages")["QueueUrl"]
    sent = sqs.send_message(QueueUrl=url, MessageBody="body ü\n", MessageAttributes=ATTRIBUTES, MessageSystemAttributes={
        "AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-5759e988-bd862e3fe1be46a994272793"}})
    equal(sent["MD5OfMessageBody"], hashlib.md5("body ü\n".encode()).hexdigest())  # boto3 checks the others itself
    assert sent["MD5OfMessageAttributes"] and sent["MD5OfMessageSystemAttributes"]
    equal(attribute(sqs, url, "ApproximateNumberOfMessages"), "1")
    message, = receive(sqs, url, AttributeNames=["All"], MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    holds(message, MessageId=sent["MessageId"], Body="body ü\n", MD5OfBody=sent["MD5OfMessageBody"], MessageAttributes=ATTRIBUTES,
          MD5OfMessageAttributes=sent["MD5OfMessageAttributes"])
    holds(message["Attributes"], SenderId="000000000000", ApproximateReceiveCount="1",
          AWSTraceHeader="Root=1-5759e988-bd862e3fe1be46a994272793")
    assert abs(int(message["Attributes"]["SentTimestamp"]) / 1000 - time.time()) < 30
    assert "SequenceNumber" not in message["Attributes"]
    equal(attribute(sqs, url, "ApproximateNumberOfMessagesNotVisible"), "1")
    equal(receive(sqs, url), [])
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    again, = receive(sqs, url, MessageSystemAttributeNames=["ApproximateReceiveCount"], MessageAttributeNames=["ki.*", "count"])
    equal(again["Attributes"], {"ApproximateReceiveCount": "2"})
    equal(set(again["MessageAttributes"]), {"count", "kind"})
    again_all = receive(sqs, url, VisibilityTimeout=0)
    equal(again_all, [])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])  # an old handle of a standard queue deletes
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    equal(attribute(sqs, url, "ApproximateNumberOfMessages"), "0")
    with refused("AWS.SimpleQueueService.MessageNotInflight", 400):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"], VisibilityTimeout=10)


def test_wrong_messages_and_handles(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="refusing", Attributes={"MaximumMessageSize": "1024"})["QueueUrl"]
    other = sqs.create_queue(QueueName="refusing-other")["QueueUrl"]
    with refused("MissingParameter", 400, "The request must contain the parameter MessageBody."):
        sqs.send_message(QueueUrl=url, MessageBody="")
    with refused("InvalidParameterValue", 400, "Message must be shorter than 1024 bytes"):
        sqs.send_message(QueueUrl=url, MessageBody="x" * 1025)
    with refused("InvalidMessageContents", 400):
        sqs.send_message(QueueUrl=url, MessageBody="a\x01")
    with refused("InvalidParameterValue", 400, "DelaySeconds must be >= 0 and <= 900"):
        sqs.send_message(QueueUrl=url, MessageBody="x", DelaySeconds=901)
    with refused("InvalidParameterValue", 400, "MessageDeduplicationId"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageDeduplicationId="d")
    with refused("InvalidParameterValue", 400, "attribute 'a' must contain a non-empty value of type 'String'"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={"a": {"DataType": "String", "StringValue": ""}})
    for name, value in (("AWS.x", {"DataType": "String", "StringValue": "x"}), ("a", {"DataType": "Text", "StringValue": "x"}),
                        ("a", {"DataType": "String", "StringValue": ""}), ("a", {"DataType": "Number", "StringValue": "one"}),
                        ("a", {"DataType": "Number", "StringValue": "1e127"}), ("a", {"DataType": "Number", "StringValue": "1" * 39}),
                        ("a", {"DataType": "Binary", "StringValue": "x"})):
        with refused("InvalidParameterValue", 400):
            sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={name: value})
    with refused("InvalidParameterValue", 400, "exceeds the allowed maximum [10]"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes={f"a{n}": {"DataType": "String", "StringValue": "x"} for n in range(11)})
    for options, reason in (({"MaxNumberOfMessages": 11}, "Must be between 1 and 10"), ({"WaitTimeSeconds": 21}, "Must be >= 0 and <= 20"),
                            ({"VisibilityTimeout": 43201}, "Must be >= 0 and <= 43200")):
        with refused("InvalidParameterValue", 400, reason):
            sqs.receive_message(QueueUrl=url, **options)
    with refused("InvalidAttributeName", 400):
        sqs.receive_message(QueueUrl=url, AttributeNames=["Nonsense"])
    sqs.send_message(QueueUrl=url, MessageBody="x")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    time.sleep(0.05)
    forged = handle[:20] + ("A" if handle[20] != "A" else "B") + handle[21:]
    for bad in ("nonsense", forged, handle[:-4]):
        with refused("ReceiptHandleIsInvalid", 400):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=bad)
    with refused("ReceiptHandleIsInvalid", 400):
        sqs.delete_message(QueueUrl=other, ReceiptHandle=handle)
    with refused("InvalidParameterValue", 400, "beyond the limit [43200 seconds]"):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=43200)
    with refused("InvalidParameterValue", 400, "between 0 and 43200"):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=43201)


def test_batches(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="batches")["QueueUrl"]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "1", "MessageAttributes": ATTRIBUTES}, {"Id": "b", "MessageBody": "2\x02"}, {"Id": "c", "MessageBody": "3"}])
    equal([entry["Id"] for entry in answer["Successful"]], ["a", "c"])
    holds(answer["Failed"][0], Id="b", SenderFault=True, Code="InvalidMessageContents")
    messages = receive(sqs, url, MaxNumberOfMessages=10)
    equal(sorted(message["Body"] for message in messages), ["1", "3"])
    handles = [message["ReceiptHandle"] for message in messages]
    answer = sqs.change_message_visibility_batch(QueueUrl=url, Entries=[
        {"Id": "a", "ReceiptHandle": handles[0], "VisibilityTimeout": 0}, {"Id": "b", "ReceiptHandle": "x", "VisibilityTimeout": 0}])
    equal(([entry["Id"] for entry in answer["Successful"]], answer["Failed"][0]["Code"]), (["a"], "ReceiptHandleIsInvalid"))
    equal([message["Body"] for message in receive(sqs, url)], [messages[0]["Body"]])
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "ReceiptHandle": handle} for n, handle in enumerate(handles)])
    equal([entry["Id"] for entry in answer["Successful"]], ["0", "1"])
    for entries, code in (([], "AWS.SimpleQueueService.EmptyBatchRequest"),
                          ([{"Id": str(n), "MessageBody": "x"} for n in range(11)], "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"),
                          ([{"Id": "a", "MessageBody": "x"}] * 2, "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
                          ([{"Id": "a b", "MessageBody": "x"}], "AWS.SimpleQueueService.InvalidBatchEntryId"),
                          ([{"Id": str(n), "MessageBody": "x" * 600_000} for n in range(2)], "AWS.SimpleQueueService.BatchRequestTooLong")):
        with refused(code, 400):
            sqs.send_message_batch(QueueUrl=url, Entries=entries)


def test_delays_and_long_polling(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="waiting")["QueueUrl"]
    began = time.monotonic()
    equal(receive(sqs, url, WaitTimeSeconds=1), [])
    assert time.monotonic() - began > 0.9, time.monotonic() - began
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=2)
    equal(receive(sqs, url), [])
    equal(attribute(sqs, url, "ApproximateNumberOfMessagesDelayed"), "1")
    began = time.monotonic()
    message, = receive(sqs, url, WaitTimeSeconds=10, VisibilityTimeout=1)
    assert time.monotonic() - began < 9, time.monotonic() - began
    again, = receive(sqs, url, WaitTimeSeconds=10)  # what was hidden comes again
    equal(again["MessageId"], message["MessageId"])


def test_purge(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="purged")["QueueUrl"]
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    sqs.purge_queue(QueueUrl=url)
    equal((attribute(sqs, url, "ApproximateNumberOfMessages"), receive(sqs, url)), ("0", []))
    with refused("AWS.SimpleQueueService.PurgeQueueInProgress", 403, "every 60 seconds"):
        sqs.purge_queue(QueueUrl=url)
    sqs.send_message(QueueUrl=url, MessageBody="after")
    equal([message["Body"] for message in receive(sqs, url)], ["after"])


class Query:
    """A client of the query protocol, signed by botocore."""

    def __init__(self, server):
        self.known = server.environment

    def call(self, action, url=None, **parameters):
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        form = {"Action": action, "Version": "2012-11-05", **parameters}
        request = AWSRequest("POST", url or self.known["AWS_ENDPOINT_URL"] + "/", data=urllib.parse.urlencode(form),
                             headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})
        SigV4Auth(Credentials(self.known["AWS_ACCESS_KEY_ID"], self.known["AWS_SECRET_ACCESS_KEY"]), "sqs",
                  self.known["AWS_REGION"]).add_auth(request)
        wire = urllib.request.Request(request.url, data=request.body.encode() if isinstance(request.body, str) else request.body,
                                      headers=dict(request.headers))
        try:
            with urllib.request.urlopen(wire, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        return xml.etree.ElementTree.fromstring(text)

    @staticmethod
    def texts(tree, path):
        space = "{http://queue.amazonaws.com/doc/2012-11-05/}"
        return [element.text for element in tree.findall("/".join(space + part if part != "." else part for part in path.split("/")))]


def test_the_older_query_protocol(server):
    query = Query(server)
    made = query.call("CreateQueue", QueueName="older", **{"Attribute.1.Name": "DelaySeconds", "Attribute.1.Value": "0", "Tag.1.Key": "a", "Tag.1.Value": "b"})
    url, = query.texts(made, "CreateQueueResult/QueueUrl")
    assert url in query.texts(query.call("ListQueues"), "ListQueuesResult/QueueUrl")
    equal(query.texts(query.call("ListQueueTags", QueueUrl=url), "ListQueueTagsResult/Tag/Value"), ["b"])
    sent = query.call("SendMessage", url, MessageBody="old & <new>", **{
        "MessageAttribute.1.Name": "n", "MessageAttribute.1.Value.DataType": "String", "MessageAttribute.1.Value.StringValue": "v"})
    equal(query.texts(sent, "SendMessageResult/MD5OfMessageBody"), [hashlib.md5(b"old & <new>").hexdigest()])
    batch = query.call("SendMessageBatch", QueueUrl=url, **{
        "SendMessageBatchRequestEntry.1.Id": "x", "SendMessageBatchRequestEntry.1.MessageBody": "batched"})
    equal(query.texts(batch, "SendMessageBatchResult/SendMessageBatchResultEntry/Id"), ["x"])
    got = query.call("ReceiveMessage", QueueUrl=url, MaxNumberOfMessages="10", **{"AttributeName.1": "All", "MessageAttributeName.1": "All"})
    equal(query.texts(got, "ReceiveMessageResult/Message/Body"), ["old & <new>", "batched"])
    equal(query.texts(got, "ReceiveMessageResult/Message/MessageAttribute/Value/StringValue"), ["v"])
    assert "SenderId" in query.texts(got, "ReceiveMessageResult/Message/Attribute/Name")
    handles = query.texts(got, "ReceiveMessageResult/Message/ReceiptHandle")
    equal(query.texts(query.call("DeleteMessage", QueueUrl=url, ReceiptHandle=handles[0]), "./DeleteMessageResult/Nothing"), [])
    attributes = query.call("GetQueueAttributes", QueueUrl=url, **{"AttributeName.1": "ApproximateNumberOfMessagesNotVisible"})
    equal(query.texts(attributes, "GetQueueAttributesResult/Attribute/Value"), ["1"])
    failed = query.call("SendMessage", QueueUrl=url + "-not", MessageBody="x")
    equal(query.texts(failed, "Error/Code"), [MISSING])
    equal(query.texts(query.call("SendMessage", QueueUrl=url), "Error/Code"), ["MissingParameter"])
    equal(query.texts(query.call("Nonsense", QueueUrl=url), "Error/Code"), ["InvalidAction"])


def fifo(sqs, name, **attributes):
    return sqs.create_queue(QueueName=f"{name}.fifo", Attributes={"FifoQueue": "true", **attributes})["QueueUrl"]


def test_fifo_keeps_order_and_drops_duplicates(server):
    sqs = server.client("sqs")
    url = fifo(sqs, "ordered")
    equal(attribute(sqs, url, "FifoQueue"), "true")
    with refused("MissingParameter", 400, "MessageGroupId"):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    with refused("InvalidParameterValue", 400, "ContentBasedDeduplication enabled or MessageDeduplicationId"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    with refused("InvalidParameterValue", 400, "DelaySeconds"):
        sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d", DelaySeconds=5)
    for entry, reason in (({}, "must contain the parameter MessageGroupId"), ({"MessageGroupId": "g"}, "MessageDeduplicationId")):
        with refused("InvalidParameterValue", 400, reason):  # the batch as a whole
            sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x", **entry}])
    sent = [sqs.send_message(QueueUrl=url, MessageBody=f"{group}{n}", MessageGroupId=group, MessageDeduplicationId=f"{group}{n}")
            for n in range(3) for group in "ab"]
    assert [s["SequenceNumber"] for s in sent] == sorted(s["SequenceNumber"] for s in sent)
    again = sqs.send_message(QueueUrl=url, MessageBody="other", MessageGroupId="a", MessageDeduplicationId="a0")
    equal((again["MessageId"], again["SequenceNumber"]), (sent[0]["MessageId"], sent[0]["SequenceNumber"]))
    equal(attribute(sqs, url, "ApproximateNumberOfMessages"), "6")
    seen = {"a": [], "b": []}
    while any(len(bodies) < 3 for bodies in seen.values()):
        messages = receive(sqs, url, MaxNumberOfMessages=10, AttributeNames=["All"])
        assert messages, seen
        for message in messages:
            group = message["Attributes"]["MessageGroupId"]
            seen[group].append(message["Body"])
            holds(message["Attributes"], MessageDeduplicationId=message["Body"])
            assert message["MessageId"] in [s["MessageId"] for s in sent], message
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    equal(seen, {"a": ["a0", "a1", "a2"], "b": ["b0", "b1", "b2"]})
    again = sqs.send_message(QueueUrl=url, MessageBody="other", MessageGroupId="a", MessageDeduplicationId="a0")
    equal((again["MessageId"], receive(sqs, url)), (sent[0]["MessageId"], []))  # known though deleted


def test_fifo_by_content_and_in_groups(server):
    sqs = server.client("sqs")
    url = fifo(sqs, "content", ContentBasedDeduplication="true", DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
    ids = [sqs.send_message(QueueUrl=url, MessageBody="same", MessageGroupId=group)["MessageId"] for group in ("a", "a", "b")]
    equal((ids[0] == ids[1], ids[0] == ids[2]), (True, False))
    with refused("InvalidAttributeValue", 400):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "nonsense"})
    with refused("InvalidAttributeValue", 400, "only when DeduplicationScope is messageGroup"):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"DeduplicationScope": "queue"})
    with refused("InvalidAttributeValue", 400, "Modifying queue type is not supported."):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "false"})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"FifoQueue": "true"})


def test_fifo_expired_handles_and_repeated_attempts(server):
    sqs = server.client("sqs")
    url = fifo(sqs, "attempts", ContentBasedDeduplication="true")
    sqs.send_message(QueueUrl=url, MessageBody="1", MessageGroupId="g")
    first, = receive(sqs, url, ReceiveRequestAttemptId="once")
    equal(receive(sqs, url), [])
    again, = receive(sqs, url, ReceiveRequestAttemptId="once")
    equal(again["MessageId"], first["MessageId"])
    with refused("InvalidParameterValue", 400, "The receipt handle has expired"):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    sqs.delete_message(QueueUrl=url, ReceiptHandle=again["ReceiptHandle"])
    standard = sqs.create_queue(QueueName="no-attempts")["QueueUrl"]
    with refused("InvalidParameterValue", 400, "not valid for this queue type"):
        receive(sqs, standard, ReceiveRequestAttemptId="once")


def dead_letters(sqs, name, **attributes):
    """A queue, its dead-letter queue, and the ARN of the second."""
    dead = sqs.create_queue(QueueName=f"{name}-dead", Attributes=attributes)["QueueUrl"]
    arn = attribute(sqs, dead, "QueueArn")
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": "1"})
    return sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "0"})["QueueUrl"], dead, arn


def test_dead_letters_go_and_come_back(server):
    sqs = server.client("sqs")
    url, dead, arn = dead_letters(sqs, "poison")
    equal(attribute(sqs, url, "RedrivePolicy"), json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1}, separators=(",", ":")))
    equal(sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"], [url])
    ids = sorted(sqs.send_message(QueueUrl=url, MessageBody=f"{n}", MessageAttributes=ATTRIBUTES)["MessageId"] for n in range(3))
    equal(sorted(m["MessageId"] for m in receive(sqs, url, MaxNumberOfMessages=10)), ids)
    equal(receive(sqs, url, MaxNumberOfMessages=10), [])
    letters = receive(sqs, dead, MaxNumberOfMessages=10, AttributeNames=["All"], MessageAttributeNames=["All"], VisibilityTimeout=0)
    equal(sorted(m["MessageId"] for m in letters), ids)
    holds(letters[0]["Attributes"], DeadLetterQueueSourceArn=attribute(sqs, url, "QueueArn"), ApproximateReceiveCount="1")
    equal(letters[0]["MessageAttributes"], ATTRIBUTES)
    with refused("ResourceNotFoundException", 400):
        sqs.start_message_move_task(SourceArn=arn + "-not")
    with refused("InvalidParameterValue", 400, "Dead Letter Queue"):
        sqs.start_message_move_task(SourceArn=attribute(sqs, url, "QueueArn"))
    handle = sqs.start_message_move_task(SourceArn=arn)["TaskHandle"]

    def completed():
        task = sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]
        return task["Status"] == "COMPLETED" and task

    holds(eventually(completed), ApproximateNumberOfMessagesMoved=3, ApproximateNumberOfMessagesToMove=3, SourceArn=arn)
    equal(sorted(m["MessageId"] for m in receive(sqs, url, MaxNumberOfMessages=10)), ids)
    with refused("AWS.SimpleQueueService.UnsupportedOperation", 400, "Only active tasks"):
        sqs.cancel_message_move_task(TaskHandle=handle)
    with refused("ResourceNotFoundException", 400):
        sqs.cancel_message_move_task(TaskHandle="nonsense")


def test_a_move_is_cancelled(server):
    sqs = server.client("sqs")
    url, dead, arn = dead_letters(sqs, "slowly")
    sqs.send_message_batch(QueueUrl=dead, Entries=[{"Id": str(n), "MessageBody": "x"} for n in range(10)])
    target = sqs.create_queue(QueueName="slowly-elsewhere")["QueueUrl"]
    handle = sqs.start_message_move_task(
        SourceArn=arn, DestinationArn=attribute(sqs, target, "QueueArn"), MaxNumberOfMessagesPerSecond=1)["TaskHandle"]
    with refused("AWS.SimpleQueueService.UnsupportedOperation", 400, "already a task running"):
        sqs.start_message_move_task(SourceArn=arn)
    eventually(lambda: attribute(sqs, target, "ApproximateNumberOfMessages") != "0")
    sqs.cancel_message_move_task(TaskHandle=handle)
    eventually(lambda: sqs.list_message_move_tasks(SourceArn=arn)["Results"][0]["Status"] == "CANCELLED")
    assert attribute(sqs, dead, "ApproximateNumberOfMessages") != "0"


def test_who_may_name_a_dead_letter_queue(server):
    sqs = server.client("sqs")
    closed = sqs.create_queue(QueueName="closed-dead", Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'})["QueueUrl"]
    arn = attribute(sqs, closed, "QueueArn")
    for target, reason in ((arn, "does not allow"), (arn + "-not", "does not exist")):
        with refused("InvalidParameterValue", 400, reason):
            sqs.create_queue(QueueName="names-closed", Attributes={
                "RedrivePolicy": json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 3})})
    equal(attribute(sqs, closed, "RedriveAllowPolicy"), '{"redrivePermission":"denyAll"}')


def test_tags_and_permissions(server):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName="tagged", tags={"a": "1"})["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"b": "2"})
    equal(sqs.list_queue_tags(QueueUrl=url)["Tags"], {"a": "1", "b": "2"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a", "b"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)
    sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    policy = json.loads(attribute(sqs, url, "Policy"))
    equal(policy["Version"], "2008-10-17")
    equal(policy["Statement"], [{"Sid": "l", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
                                 "Action": "SQS:SendMessage", "Resource": attribute(sqs, url, "QueueArn")}])
    for tags in ({"": "x"}, {"k" * 129: "x"}, {"k": "x" * 257}):
        with refused("InvalidParameterValue", 400, "characters in length"):
            sqs.tag_queue(QueueUrl=url, Tags=tags)
    with refused("InvalidParameterValue", 400, "alphanumeric"):
        sqs.add_permission(QueueUrl=url, Label="l l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    with refused("InvalidParameterValue", 400, "Already exists"):
        sqs.add_permission(QueueUrl=url, Label="l", AWSAccountIds=["111111111111"], Actions=["SendMessage"])
    sqs.remove_permission(QueueUrl=url, Label="l")
    with refused("InvalidParameterValue", 400, "can't find label"):
        sqs.remove_permission(QueueUrl=url, Label="l")
    assert "Policy" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def test_policies_decide(server):
    import boto3

    sqs, iam = server.client("sqs"), server.client("iam")
    url = sqs.create_queue(QueueName="guarded")["QueueUrl"]
    arn = attribute(sqs, url, "QueueArn")
    user = iam.create_user(UserName="queue-user")["User"]["Arn"]
    key = iam.create_access_key(UserName="queue-user")["AccessKey"]
    mine = boto3.client("sqs", endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name=server.environment["AWS_REGION"],
                        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    with refused("AccessDenied", contains="sqs:SendMessage"):
        mine.send_message(QueueUrl=url, MessageBody="x")
    statement = {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "sqs:SendMessage", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})})
    mine.send_message(QueueUrl=url, MessageBody="x")
    mine.send_message_batch(QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "x"}])
    with refused("AccessDenied", contains="sqs:ReceiveMessage"):
        mine.receive_message(QueueUrl=url)
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": arn}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement, deny]})})
    with refused("AccessDenied", contains="explicit deny"):
        sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": ""})  # the account can always repair its queues
    sqs.send_message(QueueUrl=url, MessageBody="x")
