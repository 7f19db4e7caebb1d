"""EventBridge through boto3."""

import datetime
import json
import uuid

from expect import equal, eventually, holds, refused

REGION, ACCOUNT = "us-east-1", "000000000000"
PATTERN = json.dumps({"source": ["shop"]})


def arn(resource):
    return f"arn:aws:events:{REGION}:{ACCOUNT}:{resource}"


def unique(prefix):
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def bus_of(server, **more):
    name = unique("bus")
    server.client("events").create_event_bus(Name=name, **more)
    return name


def queue(server, rule_arn, name=None, **attributes):
    """A queue to which one rule may send; its URL and its ARN."""
    sqs = server.client("sqs")
    name = name or unique("events")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    own = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": own,
        "Condition": {"ArnLike": {"aws:SourceArn": rule_arn}}}]}
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(policy)})
    return url, own


def received(server, url, wait=5):
    got = server.client("sqs").receive_message(
        QueueUrl=url, WaitTimeSeconds=wait, MaxNumberOfMessages=10, MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"])
    for message in got.get("Messages", []):
        server.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return got.get("Messages", [])


def entry(bus="default", source="shop", kind="ordered", detail=None, **more):
    return {"EventBusName": bus, "Source": source, "DetailType": kind, "Detail": json.dumps(detail or {}), **more}


def test_buses(server):
    events = server.client("events")
    holds(events.describe_event_bus(), Name="default", Arn=arn("event-bus/default"))
    made = events.create_event_bus(Name="orders", Description="of the shop", Tags=[{"Key": "team", "Value": "a"}])
    holds(made, EventBusArn=arn("event-bus/orders"), Description="of the shop")
    with refused("ResourceAlreadyExistsException", 400, contains="Event bus orders already exists."):
        events.create_event_bus(Name="orders")
    with refused("ResourceAlreadyExistsException"):
        events.create_event_bus(Name="default")
    with refused("ValidationException", contains="Event bus name must not contain '/'."):
        events.create_event_bus(Name="a/b")
    found = events.describe_event_bus(Name=arn("event-bus/orders"))
    holds(found, Name="orders", Description="of the shop")
    holds(events.update_event_bus(Name="orders", Description="now"), Name="orders", Description="now")
    equal(events.describe_event_bus(Name="orders")["CreationTime"], found["CreationTime"])
    assert {"default", "orders"} <= {bus["Name"] for bus in events.list_event_buses()["EventBuses"]}
    equal([bus["Name"] for bus in events.list_event_buses(NamePrefix="ord")["EventBuses"]], ["orders"])
    first = events.list_event_buses(Limit=1)
    equal(len(first["EventBuses"]), 1)
    assert events.list_event_buses(Limit=1, NextToken=first["NextToken"])["EventBuses"] != first["EventBuses"]
    with refused("ValidationException"):
        events.list_event_buses(NextToken="nobody's")
    own = arn("event-bus/orders")
    equal(events.list_tags_for_resource(ResourceARN=own)["Tags"], [{"Key": "team", "Value": "a"}])
    events.tag_resource(ResourceARN=own, Tags=[{"Key": "team", "Value": "b"}, {"Key": "x", "Value": "y"}])
    events.untag_resource(ResourceARN=own, TagKeys=["x", "absent"])
    equal(events.list_tags_for_resource(ResourceARN=own)["Tags"], [{"Key": "team", "Value": "b"}])
    events.put_rule(Name="r", EventBusName="orders", EventPattern=PATTERN)
    with refused("ValidationException"):
        events.delete_event_bus(Name="orders")
    events.delete_rule(Name="r", EventBusName="orders")
    events.delete_event_bus(Name="orders")
    events.delete_event_bus(Name="orders")
    with refused("ValidationException", contains="Cannot delete event bus default."):
        events.delete_event_bus(Name="default")
    with refused("ResourceNotFoundException", 400, contains="Event bus orders does not exist."):
        events.describe_event_bus(Name="orders")
    with refused("ResourceNotFoundException"):
        events.list_tags_for_resource(ResourceARN=own)


def test_rules(server):
    events, bus = server.client("events"), bus_of(server)
    own = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN, Description="d", State="DISABLED",
                          Tags=[{"Key": "k", "Value": "v"}])["RuleArn"]
    equal(own, arn(f"rule/{bus}/r"))
    holds(events.describe_rule(Name="r", EventBusName=bus), Name="r", Arn=own, EventPattern=PATTERN, Description="d",
          State="DISABLED", EventBusName=bus, CreatedBy=ACCOUNT)
    events.enable_rule(Name="r", EventBusName=bus)
    equal(events.describe_rule(Name="r", EventBusName=arn(f"event-bus/{bus}"))["State"], "ENABLED")
    events.disable_rule(Name="r", EventBusName=bus)
    equal(events.describe_rule(Name="r", EventBusName=bus)["State"], "DISABLED")
    events.put_rule(Name="r", EventBusName=bus, EventPattern='{"source": ["other"]}')
    again = events.describe_rule(Name="r", EventBusName=bus)
    holds(again, State="ENABLED", EventPattern='{"source": ["other"]}')
    assert "Description" not in again, again
    equal(events.list_tags_for_resource(ResourceARN=own)["Tags"], [{"Key": "k", "Value": "v"}])
    events.tag_resource(ResourceARN=own, Tags=[{"Key": "k", "Value": "w"}])
    equal(events.list_tags_for_resource(ResourceARN=own)["Tags"], [{"Key": "k", "Value": "w"}])
    events.untag_resource(ResourceARN=own, TagKeys=["k"])
    equal(events.list_tags_for_resource(ResourceARN=own)["Tags"], [])
    for number in range(5):
        events.put_rule(Name=f"p-{number}", EventBusName=bus, EventPattern=PATTERN)
    pages = list(events.get_paginator("list_rules").paginate(EventBusName=bus, PaginationConfig={"PageSize": 2}))
    equal([rule["Name"] for page in pages for rule in page["Rules"]], [f"p-{n}" for n in range(5)] + ["r"])
    equal([rule["Name"] for rule in events.list_rules(EventBusName=bus, NamePrefix="r")["Rules"]], ["r"])
    with refused("ResourceNotFoundException", 400, contains=f"Rule absent does not exist on EventBus {bus}."):
        events.describe_rule(Name="absent", EventBusName=bus)
    with refused("ResourceNotFoundException", contains="Event bus nowhere does not exist."):
        events.put_rule(Name="r", EventBusName="nowhere", EventPattern=PATTERN)
    with refused("ValidationException", contains="Parameter(s) EventPattern or ScheduleExpression must be specified."):
        events.put_rule(Name="r", EventBusName=bus)
    with refused("ValidationException", contains="ScheduleExpression is supported only on the default event bus."):
        events.put_rule(Name="r", EventBusName=bus, ScheduleExpression="rate(1 minute)")
    for wrong in ("rate(1 minutes)", "at(2050-01-01T00:00:00)", "cron(* * * * *)", "soon"):
        with refused("ValidationException", contains="Parameter ScheduleExpression is not valid."):
            events.put_rule(Name="r", ScheduleExpression=wrong)
    with refused("InvalidEventPatternException", 400, contains="Event pattern is not valid. Reason: "):
        events.put_rule(Name="r", EventBusName=bus, EventPattern='{"source": "shop"}')
    events.delete_rule(Name="absent", EventBusName=bus)
    for name in [f"p-{n}" for n in range(5)] + ["r"]:
        events.delete_rule(Name=name, EventBusName=bus)
    events.delete_event_bus(Name=bus)


def test_the_quota_of_rules(server):
    events, bus = server.client("events"), bus_of(server)
    for number in range(300):
        events.put_rule(Name=f"r{number}", EventBusName=bus, EventPattern=PATTERN)
    with refused("LimitExceededException", 400, contains="The requested resource exceeds the maximum number allowed."):
        events.put_rule(Name="one-more", EventBusName=bus, EventPattern=PATTERN)
    events.put_rule(Name="r0", EventBusName=bus, EventPattern=PATTERN)


def test_targets(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    _, own = queue(server, rule)
    _, dead = queue(server, rule)
    fifo = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{unique('q')}.fifo"
    given = [
        {"Id": "a", "Arn": own, "Input": '{"a": 1}'},
        {"Id": "b", "Arn": own, "InputPath": "$.detail.items[0]", "DeadLetterConfig": {"Arn": dead},
         "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 120}},
        {"Id": "c", "Arn": fifo, "SqsParameters": {"MessageGroupId": "g"}},
        {"Id": "d", "Arn": own, "InputTransformer": {
            "InputPathsMap": {"x": "$.detail.x"}, "InputTemplate": '{"x": <x>, "rule": <aws.events.rule-name>}'}},
    ]
    equal(events.put_targets(Rule="r", EventBusName=bus, Targets=given)["FailedEntryCount"], 0)
    equal(events.list_targets_by_rule(Rule="r", EventBusName=bus)["Targets"], given)
    pages = list(events.get_paginator("list_targets_by_rule").paginate(
        Rule="r", EventBusName=bus, PaginationConfig={"PageSize": 3}))
    equal([len(page["Targets"]) for page in pages], [3, 1])
    equal(events.list_rule_names_by_target(TargetArn=own, EventBusName=bus)["RuleNames"], ["r"])
    equal(events.list_rule_names_by_target(TargetArn=own)["RuleNames"], [])
    with refused("LimitExceededException"):
        events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": f"m{n}", "Arn": own} for n in range(2)])
    with refused("ValidationException", contains="Rule can't be deleted since it has targets."):
        events.delete_rule(Name="r", EventBusName=bus)
    wrong = [
        ({"Arn": "nonsense"}, "Parameter nonsense is not valid. Reason: Provided Arn is not in correct format."),
        ({"Arn": own, "Input": "{"}, "JSON syntax error in input for target x"),
        ({"Arn": own, "Input": "{}", "InputPath": "$"}, "Only one of Input, InputPath, or InputTransformer"),
        ({"Arn": own, "InputPath": "$.a[*]"}, "Invalid InputPath for target x."),
        ({"Arn": own, "InputTransformer": {"InputTemplate": "<y>"}}, "the placeholder <y>"),
        ({"Arn": own, "InputTransformer": {"InputTemplate": "no quotes"}}, "Invalid InputTemplate for target x"),
        ({"Arn": fifo}, "Parameter(s) SqsParameters must be specified for target: x."),
        ({"Arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/c"}, "is of a kind that nothing is delivered to here"),
        ({"Arn": own, "DeadLetterConfig": {"Arn": fifo}}, "must name a standard queue"),
    ]
    for target, words in wrong:
        with refused("ValidationException", 400, contains=words):
            events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "x", **target}])
    with refused("ResourceNotFoundException"):
        events.put_targets(Rule="absent", EventBusName=bus, Targets=given)
    gone = events.remove_targets(Rule="r", EventBusName=bus, Ids=["a", "b", "c", "d", "absent"])
    equal((gone["FailedEntryCount"], gone["FailedEntries"][0]["TargetId"]), (1, "absent"))
    events.delete_rule(Name="r", EventBusName=bus)


def test_events_reach_queues(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern=json.dumps(
        {"detail-type": ["ordered"], "detail": {"total": [{"numeric": [">", 10]}]}}))["RuleArn"]
    url, own = queue(server, rule)
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "q", "Arn": own}])
    at = datetime.datetime(2024, 5, 6, 7, 8, 9, 500000, tzinfo=datetime.timezone.utc)
    done = events.put_events(Entries=[
        entry(bus, detail={"total": 12.50, "é": "ü"}, Time=at, Resources=["arn:x"]), entry(bus, detail={"total": 10}),
        entry(bus, kind="cancelled", detail={"total": 99}), entry("default", detail={"total": 99})])
    equal(done["FailedEntryCount"], 0)
    got = received(server, url)
    equal(len(got), 1)
    body = json.loads(got[0]["Body"])
    equal(body, {
        "version": "0", "id": done["Entries"][0]["EventId"], "detail-type": "ordered", "source": "shop", "account": ACCOUNT,
        "time": "2024-05-06T07:08:09Z", "region": REGION, "resources": ["arn:x"], "detail": {"total": 12.50, "é": "ü"}})
    equal(got[0]["Attributes"]["SenderId"], "events.amazonaws.com")
    equal(list(body), ["version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail"])
    # A rule that is disabled does nothing, and one that is enabled again does.
    events.disable_rule(Name="r", EventBusName=bus)
    events.put_events(Entries=[entry(arn(f"event-bus/{bus}"), detail={"total": 11})])
    events.enable_rule(Name="r", EventBusName=bus)
    events.put_events(Entries=[entry(arn(f"event-bus/{bus}"), detail={"total": 13})])
    equal([json.loads(m["Body"])["detail"] for m in received(server, url)], [{"total": 13}])


def test_entries_that_are_refused(server):
    events = server.client("events")
    wrong = [
        ({"DetailType": "d", "Detail": "{}"}, "InvalidArgument",
         "Parameter Source is not valid. Reason: Source is a required argument."),
        ({"Source": "s", "Detail": "{}"}, "InvalidArgument",
         "Parameter DetailType is not valid. Reason: DetailType is a required argument."),
        ({"Source": "s", "DetailType": "d"}, "InvalidArgument",
         "Parameter Detail is not valid. Reason: Detail is a required argument."),
        ({"Source": "s", "DetailType": "d", "Detail": "[]"}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "s", "DetailType": "d", "Detail": "{"}, "MalformedDetail", "Detail is malformed."),
        ({"Source": "aws.s3", "DetailType": "d", "Detail": "{}"}, "NotAuthorizedForSourceException",
         "Not authorized for the source."),
        ({"Source": "s", "DetailType": "d", "Detail": "{}", "EventBusName": "absent"}, "InvalidArgument",
         "Event bus absent does not exist."),
    ]
    done = events.put_events(Entries=[entry for entry, _, _ in wrong] + [entry()])
    equal(done["FailedEntryCount"], len(wrong))
    for (_, code, message), got in zip(wrong, done["Entries"]):
        equal(got, {"ErrorCode": code, "ErrorMessage": message})
    assert uuid.UUID(done["Entries"][-1]["EventId"])
    with refused("ValidationException", 400, contains="at 'entries' failed to satisfy constraint"):
        events.put_events(Entries=[entry()] * 11)
    with refused("ValidationException", contains="Total size of the entries in the request is over the limit."):
        events.put_events(Entries=[entry(detail={"x": "x" * 600_000})] * 2)
    equal(events.put_events(Entries=[entry(detail={"x": "x" * 1_000_000})])["FailedEntryCount"], 0)


def test_inputs(server):
    events, bus = server.client("events"), bus_of(server)
    detail = {"name": 'a "b" \\', "n": 1.25, "list": [1, "x"]}
    paths = {"name": "$.detail.name", "n": "$.detail.n", "all": "$.detail", "no": "$.detail.no", "first": "$.resources[0]"}
    cases = [
        ({"Input": '{"fixed": [true]}'}, {"fixed": [True]}),
        ({"InputPath": "$.detail"}, detail),
        ({"InputPath": "$.detail.absent"}, None),
        # Inside a text what is larger than a text stands without quotation marks.
        ({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": '"<name> has <n>: <all>"'}},
         'a "b" \\ has 1.25: {name:a \\b\\ \\\\,n:1.25,list:[1,x]}'),
        ({"InputTransformer": {"InputPathsMap": paths, "InputTemplate": """{"name": <name>, "n": <n>, "in": "-<name>-<n>-",
          "all": <all>, "no": <no>, "first": <first>}"""}},
         {"name": detail["name"], "n": 1.25, "in": f"-{detail['name']}-1.25-", "all": detail, "no": "", "first": "arn:first"}),
        ({"InputTransformer": {"InputTemplate": '{"arn": <aws.events.rule-arn>, "name": "<aws.events.rule-name>"}'}},
         {"arn": arn(f"rule/{bus}/i5"), "name": "i5"}),
    ]
    urls = []
    for number, (target, _) in enumerate(cases):
        rule = events.put_rule(Name=f"i{number}", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
        url, own = queue(server, rule)
        events.put_targets(Rule=f"i{number}", EventBusName=bus, Targets=[{"Id": "t", "Arn": own, **target}])
        urls.append(url)
    events.put_events(Entries=[entry(bus, detail=detail, Resources=["arn:first"])])
    for url, (_, wanted) in zip(urls, cases):
        equal([json.loads(message["Body"]) for message in received(server, url)], [wanted])


def test_the_whole_event_in_a_transformer(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    url, own = queue(server, rule)
    template = '{"event": <aws.events.event.json>, "bare": <aws.events.event>, "at": <aws.events.event.ingestion-time>}'
    events.put_targets(Rule="r", EventBusName=bus, Targets=[
        {"Id": "t", "Arn": own, "InputTransformer": {"InputTemplate": template}}])
    done = events.put_events(Entries=[entry(bus, detail={"a": [1]})])
    body = json.loads(received(server, url)[0]["Body"])
    holds(body["event"], id=done["Entries"][0]["EventId"], detail={"a": [1]})
    assert "detail" not in body["bare"] and body["bare"]["id"] == body["event"]["id"], body
    assert datetime.datetime.fromisoformat(body["at"].replace("Z", "+00:00")), body


def test_patterns(server):
    events = server.client("events")
    event = {"id": "1", "account": ACCOUNT, "source": "shop", "time": "2022-07-13T13:48:01Z", "region": REGION,
             "detail-type": "t", "detail": {"n": 1}}
    assert events.test_event_pattern(EventPattern=PATTERN, Event=json.dumps(event))["Result"]
    assert not events.test_event_pattern(EventPattern='{"source": ["x"]}', Event=json.dumps(event))["Result"]
    with refused("InvalidEventPatternException", 400, contains='Event pattern is not valid. Reason: "source" must be an'):
        events.test_event_pattern(EventPattern='{"source": "x"}', Event=json.dumps(event))
    for wrong in ("{", "[]", "{}", json.dumps({**event, "time": None})):
        with refused("ValidationException", 400, contains="Parameter Event is not valid."):
            events.test_event_pattern(EventPattern=PATTERN, Event=wrong)


def test_permissions(server):
    events, bus = server.client("events"), bus_of(server)
    events.put_permission(EventBusName=bus, Action="events:PutEvents", Principal="111122223333", StatementId="one")
    events.put_permission(EventBusName=bus, Action="events:PutEvents", Principal="*", StatementId="org", Condition={
        "Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"})
    policy = json.loads(events.describe_event_bus(Name=bus)["Policy"])
    own = arn(f"event-bus/{bus}")
    equal(policy, {"Version": "2012-10-17", "Statement": [
        {"Sid": "one", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
         "Action": "events:PutEvents", "Resource": own},
        {"Sid": "org", "Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": own,
         "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}]})
    with refused("ResourceNotFoundException", contains="Statement with the provided id does not exist."):
        events.remove_permission(EventBusName=bus, StatementId="absent")
    events.remove_permission(EventBusName=bus, StatementId="one")
    equal([s["Sid"] for s in json.loads(events.describe_event_bus(Name=bus)["Policy"])["Statement"]], ["org"])
    events.remove_permission(EventBusName=bus, RemoveAllPermissions=True)
    assert "Policy" not in events.describe_event_bus(Name=bus)
    with refused("ResourceNotFoundException", contains="EventBus does not have a policy."):
        events.remove_permission(EventBusName=bus, StatementId="one")
    # A policy as a whole, which binds the account itself where it denies.
    deny = {"Version": "2012-10-17", "Statement": [
        {"Sid": "no", "Effect": "Deny", "Principal": "*", "Action": ["events:PutEvents", "events:PutRule"], "Resource": [
            own, arn(f"rule/{bus}/*")]}]}
    events.put_permission(EventBusName=bus, Policy=json.dumps(deny))
    equal(json.loads(events.describe_event_bus(Name=bus)["Policy"]), deny)
    with refused("AccessDeniedException", 403, contains="events:PutEvents"):
        events.put_events(Entries=[entry(), entry(bus)])
    with refused("AccessDeniedException", 403, contains="events:PutRule"):
        events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)
    events.remove_permission(EventBusName=bus, StatementId="no")
    equal(events.put_events(Entries=[entry(bus)])["FailedEntryCount"], 0)
    with refused("ValidationException"):
        events.put_permission(EventBusName=bus, Policy="{")
    with refused("ValidationException"):
        events.put_permission(EventBusName=bus, Action="events:PutEvents", Principal="*")
