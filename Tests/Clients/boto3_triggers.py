"""Event source mappings, function URLs and loops through boto3, with functions that really run."""

import json
import time

from expect import equal, eventually, holds, refused
from packages import pack

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
QUEUE_ACTIONS = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
# Says what it got in its log, and does what the messages say.
FUNCTION = '''
import json, time
def handler(event, context):
    print("EVENT", json.dumps(event))
    failures = []
    for record in event["Records"]:
        try:
            todo = json.loads(record["body"])
        except ValueError:
            todo = {}
        if not isinstance(todo, dict):
            todo = {}
        time.sleep(todo.get("sleep", 0))
        if "raise" in todo:
            raise Exception(todo["raise"])
        if "fail" in todo:
            failures.append({"itemIdentifier": record["messageId"]})
        if "answer" in todo:
            return todo["answer"]
    return {"batchItemFailures": failures}
'''


def role(server, name, actions):
    iam = server.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    if actions:
        allow(iam, name, actions)
    return arn


def allow(iam, name, actions):
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]}))


def queue(server, name, **attributes):
    sqs = server.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def function(server, name, role_arn, code=FUNCTION, **settings):
    return server.client("lambda").create_function(
        FunctionName=name, Runtime="python3.12", Handler="app.handler", Role=role_arn, Code={"ZipFile": pack({"app.py": code})},
        **{"Timeout": 10, **settings})["FunctionArn"]


def events(server, name):
    """The events that a function has said it got."""
    logs = server.client("logs")
    try:
        lines = [event["message"] for page in logs.get_paginator("filter_log_events").paginate(logGroupName=f"/aws/lambda/{name}")
                 for event in page["events"]]
    except logs.exceptions.ResourceNotFoundException:
        return []
    return [json.loads(line[line.index("EVENT ") + 6:]) for line in lines if "EVENT " in line]


def records(server, name):
    return [record for event in events(server, name) for record in event["Records"]]


def depth(server, url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"]
    found = server.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(number) for number in found.values())


def trigger(server, name, **settings):
    """A queue whose messages call a function: the queue's URL and the mapping."""
    arn = role(server, f"{name}-role", QUEUE_ACTIONS)
    url, source = queue(server, name + (".fifo" if settings.get("fifo") else ""), **settings.pop("queue", {}),
                        **({"FifoQueue": "true", "ContentBasedDeduplication": "true"} if settings.pop("fifo", False) else {}))
    function(server, name, arn, **settings.pop("function", {}))
    return url, server.client("lambda").create_event_source_mapping(EventSourceArn=source, FunctionName=name, **settings)


def test_a_message_calls_a_function(server):
    sqs, client = server.client("sqs"), server.client("lambda")
    url, mapping = trigger(server, "called")
    assert mapping["State"] == "Creating" and mapping["ResponseMetadata"]["HTTPStatusCode"] == 202, mapping
    attributes = {"kind": {"DataType": "String", "StringValue": "test"}, "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="hello ü", MessageAttributes=attributes)
    record, = eventually(lambda: records(server, "called"))
    holds(record, messageId=sent["MessageId"], body="hello ü", md5OfBody=sent["MD5OfMessageBody"], eventSource="aws:sqs",
          eventSourceARN=mapping["EventSourceArn"], awsRegion=server.environment["AWS_REGION"],
          md5OfMessageAttributes=sent["MD5OfMessageAttributes"], messageAttributes={
              "kind": {"stringValue": "test", "stringListValues": [], "binaryListValues": [], "dataType": "String"},
              "raw": {"binaryValue": "AP8=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"}})
    holds(record["attributes"], ApproximateReceiveCount="1", SenderId="000000000000")
    equal(set(record["attributes"]), {"ApproximateReceiveCount", "SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"})
    assert record["receiptHandle"]
    eventually(lambda: depth(server, url) == 0)
    equal(client.get_event_source_mapping(UUID=mapping["UUID"])["State"], "Enabled")


def test_the_life_of_a_mapping(server):
    client = server.client("lambda")
    url, made = trigger(server, "mapped", Enabled=False, BatchSize=5, Tags={"a": "1"}, ScalingConfig={"MaximumConcurrency": 2},
                        FilterCriteria={"Filters": [{"Pattern": '{"body":{"x":[1]}}'}]}, FunctionResponseTypes=["ReportBatchItemFailures"])
    uuid = made["UUID"]
    found = client.get_event_source_mapping(UUID=uuid)
    holds(found, UUID=uuid, State="Disabled", BatchSize=5, MaximumBatchingWindowInSeconds=0, StateTransitionReason="USER_INITIATED",
          ScalingConfig={"MaximumConcurrency": 2}, FunctionResponseTypes=["ReportBatchItemFailures"],
          FilterCriteria={"Filters": [{"Pattern": '{"body":{"x":[1]}}'}]}, EventSourceArn=made["EventSourceArn"])
    assert found["FunctionArn"].endswith(":function:mapped") and "StartingPosition" not in found and "LastProcessingResult" not in found
    arn = found["EventSourceMappingArn"]
    assert arn.endswith(f":event-source-mapping:{uuid}")
    equal(client.list_tags(Resource=arn)["Tags"], {"a": "1"})
    client.tag_resource(Resource=arn, Tags={"b": "2"})
    client.untag_resource(Resource=arn, TagKeys=["a"])
    equal(client.list_tags(Resource=arn)["Tags"], {"b": "2"})
    server.client("sqs").send_message(QueueUrl=url, MessageBody="waits")
    time.sleep(0.5)
    equal((records(server, "mapped"), depth(server, url)), ([], 1))
    changed = client.update_event_source_mapping(UUID=uuid, Enabled=True, BatchSize=100, MaximumBatchingWindowInSeconds=1,
                                                 FilterCriteria={"Filters": []}, FunctionResponseTypes=[], ScalingConfig={})
    holds(changed, State="Enabling", BatchSize=100, MaximumBatchingWindowInSeconds=1, FunctionResponseTypes=[])
    assert "FilterCriteria" not in changed and "ScalingConfig" not in changed, changed
    eventually(lambda: records(server, "mapped"))
    equal(client.get_event_source_mapping(UUID=uuid)["State"], "Enabled")
    equal(client.update_event_source_mapping(UUID=uuid, Enabled=False)["State"], "Disabling")
    eventually(lambda: client.get_event_source_mapping(UUID=uuid)["State"] == "Disabled")
    equal(client.update_event_source_mapping(UUID=uuid, BatchSize=7)["State"], "Updating")
    equal(client.delete_event_source_mapping(UUID=uuid)["State"], "Deleting")
    for call in (client.get_event_source_mapping, client.delete_event_source_mapping):
        with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
            call(UUID=uuid)
    with refused("ResourceNotFoundException", 404):
        client.update_event_source_mapping(UUID=uuid, BatchSize=7)
    with refused("ResourceNotFoundException", 404):
        client.list_tags(Resource=arn)


def test_a_mapping_that_takes_messages_is_deleted(server):
    client = server.client("lambda")
    url, made = trigger(server, "ending")
    server.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    eventually(lambda: records(server, "ending"))
    equal(client.delete_event_source_mapping(UUID=made["UUID"])["State"], "Deleting")

    def gone():
        try:
            return client.get_event_source_mapping(UUID=made["UUID"])["State"] != "Deleting"
        except client.exceptions.ResourceNotFoundException:
            return True
    eventually(gone)
    server.client("sqs").send_message(QueueUrl=url, MessageBody="y")
    time.sleep(0.5)
    equal(depth(server, url), 1)
    made = client.create_event_source_mapping(EventSourceArn=made["EventSourceArn"], FunctionName="ending")
    eventually(lambda: depth(server, url) == 0)


def test_lists_of_mappings(server):
    client = server.client("lambda")
    _, first = trigger(server, "listed")
    arn = role(server, "listed-more", QUEUE_ACTIONS)
    made = [first["UUID"]]
    for number in range(4):
        _, source = queue(server, f"listed-{number}")
        made.append(client.create_event_source_mapping(EventSourceArn=source, FunctionName="listed")["UUID"])
    function(server, "listed-other", arn)
    other = client.create_event_source_mapping(EventSourceArn=first["EventSourceArn"], FunctionName="listed-other")["UUID"]

    def ids(**options):
        pages = client.get_paginator("list_event_source_mappings").paginate(**options)
        return [mapping["UUID"] for page in pages for mapping in page["EventSourceMappings"]]
    equal(ids(FunctionName="listed"), sorted(made))
    equal(ids(FunctionName="listed", PaginationConfig={"PageSize": 2}), sorted(made))
    equal(set(ids(EventSourceArn=first["EventSourceArn"])), {first["UUID"], other})
    equal(ids(EventSourceArn=first["EventSourceArn"], FunctionName=first["FunctionArn"]), [first["UUID"]])
    equal(ids(EventSourceArn="arn:aws:kinesis:us-east-1:000000000000:stream/x"), [])
    assert {*made, other} <= set(ids())
    with refused("InvalidParameterValueException", 400):
        client.list_event_source_mappings(Marker="nonsense!")


def test_what_mappings_are_refused(server):
    client, iam, raw = server.client("lambda"), server.client("iam"), server.client("lambda", parameter_validation=False)
    url, source = queue(server, "picky", VisibilityTimeout="5")
    arn = role(server, "picky-role", None)
    function(server, "picky", arn, Timeout=5)

    def create(**options):
        return client.create_event_source_mapping(**{"EventSourceArn": source, "FunctionName": "picky", **options})
    for use in QUEUE_ACTIONS:
        name = use.split(":")[1]
        with refused("InvalidParameterValueException", 400, f"The provided execution role does not have permissions to call {name} on SQS"):
            create()
        allow(iam, "picky-role", QUEUE_ACTIONS[:QUEUE_ACTIONS.index(use) + 1])
    client.update_function_configuration(FunctionName="picky", Timeout=6)
    with refused("InvalidParameterValueException", 400, "Queue visibility timeout: 5 seconds is less than Function timeout: 6 seconds"):
        create()
    client.update_function_configuration(FunctionName="picky", Timeout=5)
    with refused("ResourceNotFoundException", 404, "Function not found: arn:aws:lambda:"):
        create(FunctionName="nobody")
    with refused("ResourceNotFoundException", 404):
        create(FunctionName="picky:7")
    with refused("InvalidParameterValueException", 400, "The specified queue does not exist"):
        create(EventSourceArn=source + "-not")
    for wrong in ("arn:aws:kinesis:us-east-1:000000000000:stream/x", "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s"):
        with refused("InvalidParameterValueException", 400, "Unrecognized event source"):
            create(EventSourceArn=wrong)
    with refused("InvalidParameterValueException", 400, "Unrecognized event source"):
        client.create_event_source_mapping(FunctionName="picky")
    with refused("InvalidParameterValueException", 400, "must be greater than 0 if maximum batch size is greater than 10"):
        create(BatchSize=11)
    for name, value in (("BatchSize", 0), ("BatchSize", 10001), ("MaximumBatchingWindowInSeconds", 301), ("ScalingConfig", {"MaximumConcurrency": 1}),
                        ("ScalingConfig", {"MaximumConcurrency": 1001}), ("FunctionResponseTypes", ["Nonsense"])):
        with refused("ValidationException", 400):
            raw.create_event_source_mapping(EventSourceArn=source, FunctionName="picky", **{name: value})
    for name, value in (("ParallelizationFactor", 2), ("StartingPosition", "LATEST"), ("BisectBatchOnFunctionError", True),
                        ("DestinationConfig", {"OnFailure": {"Destination": source}}), ("ProvisionedPollerConfig", {"MinimumPollers": 2})):
        with refused("InvalidParameterValueException", 400, name):
            create(**{name: value})
    for pattern in ("{", "[]", '{"body":{"a":"x"}}', '{"body":{"a":[{"nonsense":1}]}}'):
        with refused("InvalidParameterValueException", 400, "Invalid filter pattern definition"):
            create(FilterCriteria={"Filters": [{"Pattern": pattern}]})
    with refused("InvalidParameterValueException", 400, "at most 10 filters"):
        create(FilterCriteria={"Filters": [{"Pattern": '{"body":["x"]}'}] * 11})
    fifo_url, fifo = queue(server, "picky.fifo", FifoQueue="true")
    for options in ({"MaximumBatchingWindowInSeconds": 1}, {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 1}):
        with refused("InvalidParameterValueException", 400, "FIFO"):
            create(EventSourceArn=fifo, **options)
    made = create(Enabled=False)
    with refused("ResourceConflictException", 409, f"already exists. Please update or delete the existing mapping with UUID {made['UUID']}"):
        create()
    with refused("InvalidParameterValueException", 400):
        client.update_event_source_mapping(UUID=made["UUID"], BatchSize=11)
    equal(client.get_event_source_mapping(UUID=made["UUID"])["BatchSize"], 10)
    with refused("ResourceNotFoundException", 404):
        client.update_event_source_mapping(UUID=made["UUID"], FunctionName="nobody")
    no_trust = iam.create_role(RoleName="picky-no-trust", AssumeRolePolicyDocument=TRUST.replace("lambda.", "ec2."))["Role"]["Arn"]
    allow(iam, "picky-no-trust", QUEUE_ACTIONS)
    function(server, "picky-untrusted", no_trust)
    with refused("InvalidParameterValueException", 400, "Please add Lambda as a Trusted Entity"):
        create(FunctionName="picky-untrusted")


def test_who_may_make_mappings(server):
    iam = server.client("iam")
    _, made = trigger(server, "guarded", Enabled=False)
    user = iam.create_user(UserName="mapper")["User"]["UserName"]
    key = iam.create_access_key(UserName=user)["AccessKey"]
    import boto3
    client = boto3.client("lambda", endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name=server.environment["AWS_REGION"],
                          aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    for call in (lambda: client.get_event_source_mapping(UUID=made["UUID"]), lambda: client.list_event_source_mappings(),
                 lambda: client.delete_event_source_mapping(UUID=made["UUID"]), lambda: client.update_event_source_mapping(UUID=made["UUID"], BatchSize=2),
                 lambda: client.create_event_source_mapping(EventSourceArn=made["EventSourceArn"], FunctionName="guarded"),
                 lambda: client.list_tags(Resource=made["EventSourceMappingArn"])):
        with refused("AccessDeniedException", 403):
            call()
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"], "Resource": made["EventSourceMappingArn"],
         }, {"Effect": "Allow", "Action": "lambda:CreateEventSourceMapping", "Resource": "*", "Condition": {
             "ArnLike": {"lambda:FunctionArn": made["FunctionArn"]}}}]}))
    equal(client.get_event_source_mapping(UUID=made["UUID"])["BatchSize"], 10)
    equal(client.update_event_source_mapping(UUID=made["UUID"], BatchSize=2)["BatchSize"], 2)
    with refused("ResourceConflictException", 409):
        client.create_event_source_mapping(EventSourceArn=made["EventSourceArn"], FunctionName="guarded")
    with refused("AccessDeniedException", 403):
        client.create_event_source_mapping(EventSourceArn=made["EventSourceArn"], FunctionName="called")
    with refused("AccessDeniedException", 403):
        client.delete_event_source_mapping(UUID=made["UUID"])
    # Who may change mappings of one function takes none of another's, and gives none away.
    _, others = trigger(server, "guarded-other", Enabled=False)
    iam.put_user_policy(UserName=user, PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "lambda:UpdateEventSourceMapping", "Resource": "*", "Condition": {
            "ArnLike": {"lambda:FunctionArn": made["FunctionArn"]}}}}))
    equal(client.update_event_source_mapping(UUID=made["UUID"], BatchSize=3)["BatchSize"], 3)
    for options in ({"UUID": others["UUID"], "BatchSize": 3}, {"UUID": others["UUID"], "FunctionName": "guarded"},
                    {"UUID": made["UUID"], "FunctionName": "guarded-other"}):
        with refused("AccessDeniedException", 403):
            client.update_event_source_mapping(**options)


def test_failures_come_again_and_poison_goes_to_the_dead_letters(server):
    sqs = server.client("sqs")
    dead, dead_arn = queue(server, "spoiled-dead")
    url, mapping = trigger(server, "spoiled", function={"Timeout": 1}, queue={"VisibilityTimeout": "1", "RedrivePolicy": json.dumps(
        {"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})}, FunctionResponseTypes=["ReportBatchItemFailures"], MaximumBatchingWindowInSeconds=1)
    sqs.send_message_batch(QueueUrl=url, Entries=[
        {"Id": "a", "MessageBody": "good"}, {"Id": "b", "MessageBody": '{"fail":1}'}, {"Id": "c", "MessageBody": "good too"}])
    letter, = eventually(lambda: sqs.receive_message(QueueUrl=dead, VisibilityTimeout=0).get("Messages"), 20)
    equal(letter["Body"], '{"fail":1}')
    eventually(lambda: depth(server, url) == 0)
    counts = [record["attributes"]["ApproximateReceiveCount"] for record in records(server, "spoiled") if "fail" in record["body"]]
    equal(counts, ["1", "2"])
    equal(sorted(record["body"] for record in records(server, "spoiled") if "good" in record["body"]), ["good", "good too"])
    sqs.purge_queue(QueueUrl=dead)
    sqs.send_message(QueueUrl=url, MessageBody='{"raise":"no"}')  # the whole batch fails
    letter, = eventually(lambda: sqs.receive_message(QueueUrl=dead, VisibilityTimeout=0).get("Messages"), 20)
    equal(letter["Body"], '{"raise":"no"}')
    result = server.client("lambda").get_event_source_mapping(UUID=mapping["UUID"])["LastProcessingResult"]
    equal(result, "PROBLEM: Function call failed")


def test_answers_that_mean_success_and_those_that_mean_failure(server):
    sqs = server.client("sqs")
    url, _ = trigger(server, "answering", function={"Timeout": 1}, queue={"VisibilityTimeout": "60"}, BatchSize=1,
                     FunctionResponseTypes=["ReportBatchItemFailures"])
    good = [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}, {"other": 1}]
    bad = ["ok", 7, [], {"batchItemFailures": "x"}, {"batchItemFailures": [{"itemIdentifier": ""}]}, {"batchItemFailures": [{}]},
           {"batchItemFailures": [{"itemIdentifier": None}]}, {"batchItemFailures": [{"itemIdentifier": "nobody"}]}, {"batchItemFailures": ["x"]}]
    for answer in good + bad:
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps({"answer": answer}))
    eventually(lambda: len(records(server, "answering")) == len(good) + len(bad), 30)
    eventually(lambda: depth(server, url) == len(bad))
    time.sleep(0.3)
    equal(depth(server, url), len(bad))


def test_filters_delete_what_nobody_wants(server):
    sqs = server.client("sqs")
    url, _ = trigger(server, "filtering", FilterCriteria={"Filters": [
        {"Pattern": '{"body":{"kind":["order"],"price":[{"numeric":[">",10]}]}}'}, {"Pattern": '{"messageAttributes":{"vip":{"stringValue":["yes"]}}}'}]})
    for body in ('{"kind":"order","price":11}', '{"kind":"order","price":9}', "text", '{"kind":"other","price":11}'):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    sqs.send_message(QueueUrl=url, MessageBody="vip", MessageAttributes={"vip": {"DataType": "String", "StringValue": "yes"}})
    eventually(lambda: depth(server, url) == 0)
    eventually(lambda: len(records(server, "filtering")) == 2)
    time.sleep(0.3)
    equal({record["body"] for record in records(server, "filtering")}, {'{"kind":"order","price":11}', "vip"})


def test_batches_and_windows(server):
    sqs = server.client("sqs")
    url, _ = trigger(server, "batched", BatchSize=50, MaximumBatchingWindowInSeconds=2)
    for start in (0, 10, 20):
        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": str(start + n)} for n in range(10)])
    eventually(lambda: len(records(server, "batched")) == 30, 15)
    assert len(events(server, "batched")) <= 2, [len(event["Records"]) for event in events(server, "batched")]
    eventually(lambda: depth(server, url) == 0)
    url, _ = trigger(server, "large", BatchSize=100, MaximumBatchingWindowInSeconds=1, function={"code": '''
def handler(event, context):
    import json
    print("EVENT", json.dumps({"Records": [{"size": len(record["body"])} for record in event["Records"]]}))
'''})
    for _ in range(9):  # nine MB do not fit into one call
        sqs.send_message(QueueUrl=url, MessageBody="x" * 1_000_000)
    eventually(lambda: depth(server, url) == 0, 30)
    eventually(lambda: len(records(server, "large")) == 9, 10)
    assert max(len(event["Records"]) for event in events(server, "large")) <= 6


def test_fifo_keeps_order_whatever_fails(server):
    sqs = server.client("sqs")
    url, _ = trigger(server, "in-order", fifo=True, function={"Timeout": 10}, queue={"VisibilityTimeout": "10"},
                     FunctionResponseTypes=["ReportBatchItemFailures"], FilterCriteria={"Filters": [{"Pattern": '{"body":{"n":[{"exists":true}]}}'}]})
    for number in range(12):
        body = {"n": number, **({"fail": 1} if number == 4 else {})}
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(body), MessageGroupId="ab"[number % 2])
    # Number 4 fails for good; what is behind it in its group comes with it and stays, the other group goes on.
    eventually(lambda: [json.loads(record["body"])["n"] for record in records(server, "in-order") if json.loads(record["body"])["n"] % 2]
               == [1, 3, 5, 7, 9, 11], 60)
    even = [json.loads(record["body"])["n"] for record in records(server, "in-order") if json.loads(record["body"])["n"] % 2 == 0]
    assert even[:3] == [0, 2, 4] and set(even[3:]) <= {4, 6, 8, 10}, even
    for event in events(server, "in-order"):
        for group in "ab":
            numbers = [json.loads(record["body"])["n"] for record in event["Records"] if record["attributes"]["MessageGroupId"] == group]
            assert numbers == list(range(numbers[0], numbers[0] + 2 * len(numbers), 2)) if numbers else True, event
    record = records(server, "in-order")[0]
    assert {"SequenceNumber", "MessageGroupId", "MessageDeduplicationId"} <= set(record["attributes"]), record
    equal(depth(server, url), 4)


def test_aliases_and_versions(server):
    sqs, client = server.client("sqs"), server.client("lambda")
    arn = role(server, "aliased-role", QUEUE_ACTIONS)
    code = 'def handler(event, context):\n    import json\n    print("EVENT", json.dumps({"Records": [{"arn": context.invoked_function_arn, "version": context.function_version}]}))\n'
    function(server, "aliased", arn, code=code, Publish=True)
    client.create_alias(FunctionName="aliased", Name="live", FunctionVersion="1")
    url, source = queue(server, "aliased")
    made = client.create_event_source_mapping(EventSourceArn=source, FunctionName="aliased:live")
    assert made["FunctionArn"].endswith(":function:aliased:live"), made
    sqs.send_message(QueueUrl=url, MessageBody="x")
    record, = eventually(lambda: records(server, "aliased"))
    equal((record["version"], record["arn"]), ("1", made["FunctionArn"]))
    equal([mapping["UUID"] for mapping in client.list_event_source_mappings(FunctionName="aliased:live")["EventSourceMappings"]], [made["UUID"]])
    equal(client.list_event_source_mappings(FunctionName="aliased")["EventSourceMappings"], [])


def test_mappings_whose_function_or_queue_is_gone(server):
    client = server.client("lambda")
    url, made = trigger(server, "leaving")
    uuid = made["UUID"]
    client.delete_function(FunctionName="leaving")
    eventually(lambda: "Function not found" in client.get_event_source_mapping(UUID=uuid).get("LastProcessingResult", ""))
    server.client("sqs").send_message(QueueUrl=url, MessageBody="kept")
    time.sleep(0.5)
    equal((depth(server, url), client.get_event_source_mapping(UUID=uuid)["State"]), (1, "Enabled"))
    function(server, "leaving", f"arn:aws:iam::000000000000:role/leaving-role")
    eventually(lambda: depth(server, url) == 0, 20)
    eventually(lambda: "LastProcessingResult" not in client.get_event_source_mapping(UUID=uuid))
    server.client("sqs").delete_queue(QueueUrl=url)
    eventually(lambda: "queue does not exist" in client.get_event_source_mapping(UUID=uuid).get("LastProcessingResult", ""))
    client.update_event_source_mapping(UUID=uuid, Enabled=False)  # what is gone need not be there
    client.delete_event_source_mapping(UUID=uuid)


def test_a_role_that_loses_its_permission(server):
    sqs, client, iam = server.client("sqs"), server.client("lambda"), server.client("iam")
    url, made = trigger(server, "revoked")
    sqs.send_message(QueueUrl=url, MessageBody="1")
    eventually(lambda: len(records(server, "revoked")) == 1)
    iam.delete_role_policy(RoleName="revoked-role", PolicyName="own")
    sqs.send_message(QueueUrl=url, MessageBody="2")
    eventually(lambda: "permissions to call ReceiveMessage" in client.get_event_source_mapping(UUID=made["UUID"]).get("LastProcessingResult", ""))
    equal((len(records(server, "revoked")), depth(server, url)), (1, 1))
    allow(iam, "revoked-role", QUEUE_ACTIONS)
    eventually(lambda: len(records(server, "revoked")) == 2, 15)


# What a function at a URL got comes back, or what the body says.
AT_URL = '''
import json, time
def handler(event, context):
    if event.get("rawPath", "").startswith("/say"):
        return json.loads(event["body"])
    if event.get("rawPath", "") == "/raise":
        raise Exception("secret words")
    if event.get("rawPath", "") == "/sleep":
        time.sleep(3)
    return {"statusCode": 200, "body": json.dumps(event)}
'''


class Answer:
    """A whole answer of a function URL."""

    def __init__(self, answer):
        self.status, self.headers, self.body = answer.status, answer.headers, answer.read()

    @property
    def value(self):
        return json.loads(self.body)


def fetch(url, method="GET", body=None, headers=(), sign=None, service="lambda"):
    """Sends a request as it is, signed by these credentials where there are some."""
    import http.client
    import urllib.parse
    parts = urllib.parse.urlsplit(url)
    headers = list(headers)
    if sign:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        request = AWSRequest(method, url, data=body, headers=dict(headers))
        SigV4Auth(Credentials(sign["AWS_ACCESS_KEY_ID"], sign["AWS_SECRET_ACCESS_KEY"]), service, sign["AWS_REGION"]).add_auth(request)
        headers = [(name, value) for name, value in request.headers.items()]
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.putrequest(method, parts.path + ("?" + parts.query if parts.query else ""), skip_host=any(n.lower() == "host" for n, _ in headers),
                          skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body)
    try:
        return Answer(connection.getresponse())
    finally:
        connection.close()


def open_url(server, name, auth="NONE", code=AT_URL, permission=True, **options):
    """The URL of a new function."""
    client = server.client("lambda")
    function(server, name, server.role, code, **options.pop("function", {}))
    made = client.create_function_url_config(FunctionName=name, AuthType=auth, **options)
    if permission:
        client.add_permission(FunctionName=name, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType=auth)
    return made["FunctionUrl"]


def test_the_life_of_a_function_url(server):
    client = server.client("lambda")
    arn = function(server, "url-life", server.role, AT_URL)
    client.publish_version(FunctionName="url-life")
    client.create_alias(FunctionName="url-life", Name="live", FunctionVersion="1")
    for call in (client.get_function_url_config, client.update_function_url_config, client.delete_function_url_config):
        with refused("ResourceNotFoundException", 404, "The resource you requested does not exist."):
            call(FunctionName="url-life")
    cors = {"AllowOrigins": ["https://a.example"], "AllowMethods": ["GET", "POST"], "AllowHeaders": ["x-a"], "MaxAge": 60, "AllowCredentials": True,
            "ExposeHeaders": ["x-b"]}
    made = client.create_function_url_config(FunctionName="url-life", AuthType="AWS_IAM", Cors=cors)
    holds(made, FunctionArn=arn, AuthType="AWS_IAM", Cors=cors, InvokeMode="BUFFERED")
    equal(made["ResponseMetadata"]["HTTPStatusCode"], 201)
    assert made["FunctionUrl"].startswith(server.environment["AWS_ENDPOINT_URL"] + "/_url/") and made["CreationTime"].startswith("20"), made
    with refused("ResourceConflictException", 409, "FunctionUrlConfig exists for this Lambda function"):
        client.create_function_url_config(FunctionName="url-life", AuthType="NONE")
    alias = client.create_function_url_config(FunctionName="url-life", Qualifier="live", AuthType="NONE")
    equal(alias["FunctionArn"], arn + ":live")
    assert alias["FunctionUrl"] != made["FunctionUrl"] and "Cors" not in alias
    equal(client.get_function_url_config(FunctionName="url-life", Qualifier="live")["FunctionUrl"], alias["FunctionUrl"])
    pages = client.get_paginator("list_function_url_configs").paginate(FunctionName="url-life", PaginationConfig={"PageSize": 1})
    equal([url["FunctionArn"] for page in pages for url in page["FunctionUrlConfigs"]], [arn, arn + ":live"])
    changed = client.update_function_url_config(FunctionName="url-life", AuthType="NONE", Cors={"AllowOrigins": ["*"]})
    holds(changed, AuthType="NONE", Cors={"AllowOrigins": ["*"]}, FunctionUrl=made["FunctionUrl"], CreationTime=made["CreationTime"])
    assert "Cors" not in client.update_function_url_config(FunctionName="url-life", Cors={})
    equal(client.get_function_url_config(FunctionName="url-life")["AuthType"], "NONE")
    with refused("InvalidParameterValueException", 400, "RESPONSE_STREAM is not supported"):
        client.update_function_url_config(FunctionName="url-life", InvokeMode="RESPONSE_STREAM")
    raw = server.client("lambda", parameter_validation=False)
    for options in ({"Qualifier": "$LATEST", "AuthType": "NONE"}, {"Qualifier": "1", "AuthType": "NONE"}, {"AuthType": "OTHER"},
                    {"AuthType": "NONE", "Cors": {"MaxAge": 86401}}):
        with refused("ValidationException", 400):
            raw.create_function_url_config(FunctionName="url-life", **options)
    with refused("ResourceNotFoundException", 404):
        client.create_function_url_config(FunctionName="url-nobody", AuthType="NONE")
    with refused("ResourceNotFoundException", 404):
        client.create_function_url_config(FunctionName="url-life", Qualifier="nobody", AuthType="NONE")
    client.delete_function_url_config(FunctionName="url-life")
    equal(fetch(made["FunctionUrl"]).status, 403)
    client.delete_alias(FunctionName="url-life", Name="live")
    equal(client.list_function_url_configs(FunctionName="url-life")["FunctionUrlConfigs"], [])


def test_a_request_to_a_function_url(server):
    url = open_url(server, "url-event")
    answer = fetch(url + "a%20b/c?x=1&x=2&y=%C3%BC&z", "POST", b'{"a":1}', [
        ("Content-Type", "application/json"), ("X-Thing", "one"), ("x-thing", "two"), ("Cookie", "a=1; b=2"), ("User-Agent", "me"),
        ("Authorization", "Bearer mine"), ("Connection", "close")])
    equal((answer.status, answer.headers["content-type"]), (200, "application/json"))
    event = answer.value
    identity = url.rstrip("/").rsplit("/", 1)[1]
    holds(event, version="2.0", routeKey="$default", rawPath="/a%20b/c", rawQueryString="x=1&x=2&y=%C3%BC&z", cookies=["a=1", "b=2"],
          queryStringParameters={"x": "1,2", "y": "ü", "z": ""}, body='{"a":1}', isBase64Encoded=False)
    holds(event["headers"], **{"x-thing": "one,two", "content-type": "application/json", "authorization": "Bearer mine",
                               "x-forwarded-for": "127.0.0.1", "x-forwarded-proto": "http", "content-length": "7"})
    assert "cookie" not in event["headers"] and "connection" not in event["headers"] and "x-amzn-trace-id" in event["headers"]
    context = event["requestContext"]
    holds(context, accountId="anonymous", apiId=identity, domainPrefix=identity, routeKey="$default", stage="$default")
    holds(context["http"], method="POST", path="/a%20b/c", protocol="HTTP/1.1", sourceIp="127.0.0.1", userAgent="me")
    equal(answer.headers["x-amzn-RequestId"], context["requestId"])
    assert abs(context["timeEpoch"] / 1000 - time.time()) < 60 and context["time"].endswith("+0000") and "authorizer" not in context
    event = fetch(url.rstrip("/")).value
    equal((event["rawPath"], event["rawQueryString"]), ("/", ""))
    assert "body" not in event and "cookies" not in event and "queryStringParameters" not in event
    for kind, body, text in (("application/octet-stream", b"\x00\xff", False), ("application/json", b"\xff", False), ("image/png", b"text", False),
                             ("text/plain; charset=utf-8", "ü".encode(), True), ("application/x-www-form-urlencoded", b"a=1", False)):
        event = fetch(url, "PUT", body, [("Content-Type", kind)]).value
        import base64
        equal((event["isBase64Encoded"], event["body"]), (not text, body.decode() if text else base64.b64encode(body).decode()))
    host = f"{identity}.lambda-url.{server.environment['AWS_REGION']}.example.org"
    event = fetch(server.environment["AWS_ENDPOINT_URL"] + "/by/host", headers=[("Host", host)]).value
    equal((event["rawPath"], event["requestContext"]["domainName"]), ("/by/host", host))


def test_answers_of_a_function_url(server):
    url = open_url(server, "url-answers") + "say"

    def say(value):
        return fetch(url, "POST", json.dumps(value).encode(), [("Content-Type", "application/json")])
    for value in ("Hello", {"a": 1}, [1], 7, None, True):
        answer = say(value)
        equal((answer.status, answer.headers["content-type"], answer.value), (200, "application/json", value))
    answer = say({"statusCode": 201, "headers": {"X-A": "1", "Content-Type": "text/html", "x-n": 7}, "body": "<p>", "cookies": ["a=1", "b=2; Secure"]})
    equal((answer.status, answer.body, answer.headers["x-a"], answer.headers["x-n"], answer.headers["content-type"]), (201, b"<p>", "1", "7", "text/html"))
    equal(answer.headers.get_all("set-cookie"), ["a=1", "b=2; Secure"])
    answer = say({"statusCode": 200, "body": "AP8=", "isBase64Encoded": True, "headers": {"content-type": "image/png"}})
    equal((answer.body, answer.headers["content-type"]), (b"\x00\xff", "image/png"))
    equal((say({"statusCode": 204}).status, say({"statusCode": 204}).body), (204, b""))
    equal(say({"statusCode": "404"}).status, 404)
    equal(fetch(url.removesuffix("say") + "x", "HEAD").body, b"")
    for bad in ({"statusCode": "x"}, {"statusCode": 99}, {"statusCode": 600}, {"statusCode": 200, "headers": []}, {"statusCode": 200, "headers": {"a b": "x"}},
                {"statusCode": 200, "headers": {"a": []}}, {"statusCode": 200, "cookies": "x"}, {"statusCode": 200, "body": "!", "isBase64Encoded": True}):
        answer = say(bad)
        equal((answer.status, answer.body), (502, b"Internal Server Error"))
    answer = say({"statusCode": 200, "headers": {"x-a": "1\r\nSet-Cookie: evil=1", "Transfer-Encoding": "chunked", "Content-Length": "1"}, "body": "whole"})
    equal((answer.body, answer.headers.get_all("set-cookie"), answer.headers["transfer-encoding"]), (b"whole", None, None))
    answer = fetch(url.removesuffix("say") + "raise")
    equal((answer.status, answer.body), (502, b"Internal Server Error"))
    server.client("lambda").put_function_concurrency(FunctionName="url-answers", ReservedConcurrentExecutions=0)
    answer = fetch(url.removesuffix("say"))
    equal((answer.status, answer.value["Reason"]), (429, "ReservedFunctionConcurrentInvocationLimitExceeded"))


def test_who_may_call_a_function_url(server):
    client, iam, known = server.client("lambda"), server.client("iam"), server.environment
    url = open_url(server, "url-signed", "AWS_IAM", permission=False)
    equal((fetch(url).status, fetch(url).value), (403, {"Message": "Forbidden"}))
    answer = fetch(url + "p?q=1", "POST", b"x", sign=known)
    equal(answer.status, 200)
    assert "authorization" not in answer.value["headers"], "a function has no use for a signature"
    holds(answer.value["requestContext"]["authorizer"]["iam"], accessKey=known["AWS_ACCESS_KEY_ID"], accountId="000000000000")
    equal(fetch(url, sign=known, service="execute-api").status, 403)
    equal(fetch(url, sign={**known, "AWS_SECRET_ACCESS_KEY": "x" * 40}).status, 403)
    iam.create_user(UserName="url-caller")
    key = iam.create_access_key(UserName="url-caller")["AccessKey"]
    user = {**known, "AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    equal(fetch(url, sign=user).status, 403)
    iam.put_user_policy(UserName="url-caller", PolicyName="p", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": "lambda:InvokeFunctionUrl", "Resource": "*", "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}}}))
    equal(fetch(url, sign=user).status, 200)
    iam.delete_user_policy(UserName="url-caller", PolicyName="p")
    equal(fetch(url, sign=user).status, 403)
    client.add_permission(FunctionName="url-signed", StatementId="s", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="AWS_IAM",
                          Principal="arn:aws:iam::000000000000:user/url-caller")
    equal(fetch(url, sign=user).status, 200)
    open_to_all = open_url(server, "url-open", permission=False)
    equal(fetch(open_to_all).status, 403)  # as on AWS the policy must say so too
    client.add_permission(FunctionName="url-open", StatementId="wrong", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="AWS_IAM")
    equal(fetch(open_to_all).status, 403)
    client.add_permission(FunctionName="url-open", StatementId="right", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE")
    equal(fetch(open_to_all).status, 200)
    client.update_function_url_config(FunctionName="url-open", AuthType="AWS_IAM")
    equal(fetch(open_to_all).status, 403)


def test_pages_of_other_origins(server):
    url = open_url(server, "url-cors", "NONE", Cors={"AllowOrigins": ["https://good.example", "http://*"], "AllowMethods": ["GET", "POST"], "AllowHeaders": ["x-a"],
                                                     "ExposeHeaders": ["x-b"], "MaxAge": 9, "AllowCredentials": True})
    ask = [("Origin", "https://good.example"), ("Access-Control-Request-Method", "POST")]
    answer = fetch(url, "OPTIONS", headers=ask)
    equal((answer.status, answer.body), (200, b""))
    wanted = {"access-control-allow-origin": "https://good.example", "access-control-allow-methods": "GET,POST", "access-control-allow-headers": "x-a",
              "access-control-max-age": "9", "access-control-allow-credentials": "true", "access-control-expose-headers": "x-b"}
    equal({name: answer.headers[name] for name in wanted}, wanted)
    equal(fetch(url, "OPTIONS", headers=[("Origin", "https://bad.example"), ask[1]]).headers["access-control-allow-origin"], None)
    equal(fetch(url, headers=[("Origin", "http://any.example")]).headers["access-control-allow-origin"], "http://any.example")
    equal(fetch(url, headers=[("Origin", "https://bad.example")]).headers["access-control-allow-origin"], None)
    assert fetch(url, "OPTIONS").value["requestContext"]["http"]["method"] == "OPTIONS", "no page asks: the function is called"
    say = json.dumps({"statusCode": 200, "headers": {"Access-Control-Allow-Origin": "*"}}).encode()
    answer = fetch(url + "say", "POST", say, [("Origin", "https://good.example")])
    equal(answer.headers.get_all("access-control-allow-origin"), ["https://good.example"])
