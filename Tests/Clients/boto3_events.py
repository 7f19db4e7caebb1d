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
    for wrong, reason in (("rate(1 minutes)", "at character 8: with this number the unit is 'minute'"), ("at(2050-01-01T00:00:00)", "knows 'at('"),
                          ("cron(* * * * *)", "six fields"), ("soon", "at character 1")):
        with refused("ValidationException", contains="Parameter ScheduleExpression is not valid."):
            events.put_rule(Name="r", ScheduleExpression=wrong)
        with refused("ValidationException", contains=reason):
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
        ({"Arn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m"}, "RoleArn is required for target arn:aws:states:"),
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
    for wrong, reason in (("{", "not JSON at byte 1"), ("[]", "not a JSON object"), ("{}", "no text id"), (json.dumps({**event, "time": None}), "no text time")):
        with refused("ValidationException", 400, contains="Parameter Event is not valid. Reason: It"):
            events.test_event_pattern(EventPattern=PATTERN, Event=wrong)
        with refused("ValidationException", contains=reason):
            events.test_event_pattern(EventPattern=PATTERN, Event=wrong)


def test_managed_rules(server):
    events, bus = server.client("events"), bus_of(server)
    archive = events.create_archive(ArchiveName="kept", EventSourceArn=f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/{bus}", EventPattern=PATTERN)["ArchiveArn"]
    name = "Events-Archive-kept"
    rule = events.describe_rule(Name=name, EventBusName=bus)
    assert rule["ManagedBy"] == "prod.vhs.events.aws.internal" and rule["State"] == "ENABLED", rule
    assert json.loads(rule["EventPattern"]) == {**json.loads(PATTERN), "replay-name": [{"exists": False}]}, rule
    events.put_rule(Name="own", EventBusName=bus, EventPattern=PATTERN)
    assert [(rule["Name"], "ManagedBy" in rule) for rule in events.list_rules(EventBusName=bus)["Rules"]] == [(name, True), ("own", False)]
    target, = events.list_targets_by_rule(Rule=name, EventBusName=bus)["Targets"]
    assert archive in target["InputTransformer"]["InputTemplate"], target
    for call, more in ((events.put_rule, dict(Name=name, EventPattern=PATTERN)), (events.disable_rule, dict(Name=name)),
                       (events.delete_rule, dict(Name=name)), (events.delete_rule, dict(Name=name, Force=True)),
                       (events.remove_targets, dict(Rule=name, Ids=[name], Force=True)),
                       (events.put_targets, dict(Rule=name, Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q"}]))):
        with refused("ManagedRuleException", 400, contains="archive kept"):
            call(EventBusName=bus, **more)
    events.delete_rule(Name="own", EventBusName=bus, Force=True)
    events.delete_archive(ArchiveName="kept")
    assert not events.list_rules(EventBusName=bus)["Rules"]
    with refused("ResourceNotFoundException"):
        events.describe_rule(Name=name, EventBusName=bus)
    events.delete_event_bus(Name=bus)


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


def test_archives_and_replays(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    other = events.put_rule(Name="other", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    url, own = queue(server, rule)
    other_url, other_own = queue(server, other)
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "q", "Arn": own}])
    events.put_targets(Rule="other", EventBusName=bus, Targets=[{"Id": "q", "Arn": other_own}])
    name, bus_arn = unique("archive"), arn(f"event-bus/{bus}")
    made = events.create_archive(ArchiveName=name, EventSourceArn=bus_arn, RetentionDays=3, Description="d",
                                 EventPattern='{"detail-type": ["ordered"]}')
    holds(made, ArchiveArn=arn(f"archive/{name}"), State="ENABLED")
    with refused("ResourceAlreadyExistsException", contains=f"Archive {name} already exists."):
        events.create_archive(ArchiveName=name, EventSourceArn=bus_arn)
    with refused("ResourceNotFoundException"):
        events.create_archive(ArchiveName="x", EventSourceArn=arn("event-bus/absent"))
    with refused("InvalidEventPatternException"):
        events.create_archive(ArchiveName="x", EventSourceArn=bus_arn, EventPattern="{")
    with refused("ValidationException"):
        events.delete_event_bus(Name=bus)
    early = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    done = events.put_events(Entries=[entry(bus, detail={"n": n}, Time=early + datetime.timedelta(days=n)) for n in range(4)]
                             + [entry(bus, kind="cancelled")])
    equal(len(received(server, url)), 5)
    equal(len(received(server, other_url)), 5)
    found = events.describe_archive(ArchiveName=name)
    holds(found, ArchiveName=name, EventSourceArn=bus_arn, RetentionDays=3, Description="d", EventCount=4,
          EventPattern='{"detail-type": ["ordered"]}', State="ENABLED")
    assert found["SizeBytes"] > 400, found
    equal([a["ArchiveName"] for a in events.list_archives(EventSourceArn=bus_arn)["Archives"]], [name])
    equal([a["ArchiveName"] for a in events.list_archives(NamePrefix=name)["Archives"]], [name])
    replay, source = unique("replay"), arn(f"archive/{name}")
    started = events.start_replay(
        ReplayName=replay, EventSourceArn=source, EventStartTime=early + datetime.timedelta(days=1),
        EventEndTime=early + datetime.timedelta(days=3), Destination={"Arn": bus_arn, "FilterArns": [rule]})
    holds(started, ReplayArn=arn(f"replay/{replay}"), State="STARTING")
    bodies = [json.loads(message["Body"]) for message in received(server, url)]
    equal([(body["detail"]["n"], body["replay-name"], body["id"]) for body in bodies],
          [(n, replay, done["Entries"][n]["EventId"]) for n in (1, 2)])
    equal(received(server, other_url, wait=0), [])

    def completed():
        return events.describe_replay(ReplayName=replay)["State"] == "COMPLETED"
    eventually(completed)
    holds(events.describe_replay(ReplayName=replay), EventSourceArn=source, Destination={"Arn": bus_arn, "FilterArns": [rule]},
          EventLastReplayedTime=early + datetime.timedelta(days=2))
    # What is replayed is not archived once more.
    equal(events.describe_archive(ArchiveName=name)["EventCount"], 4)
    equal([r["ReplayName"] for r in events.list_replays(EventSourceArn=source)["Replays"]], [replay])
    equal([r["ReplayName"] for r in events.list_replays(NamePrefix=replay, State="COMPLETED")["Replays"]], [replay])
    with refused("IllegalStatusException"):
        events.cancel_replay(ReplayName=replay)
    with refused("ResourceAlreadyExistsException"):
        events.start_replay(ReplayName=replay, EventSourceArn=source, EventStartTime=early,
                            EventEndTime=early + datetime.timedelta(days=1), Destination={"Arn": bus_arn})
    wrong = {"ReplayName": "x", "EventSourceArn": source, "EventStartTime": early, "EventEndTime": early,
             "Destination": {"Arn": bus_arn}}
    with refused("ValidationException", contains="EventStartTime must be before EventEndTime."):
        events.start_replay(**wrong)
    wrong["EventEndTime"] = early + datetime.timedelta(days=9)
    with refused("ValidationException", contains="Cross event bus replay is not permitted."):
        events.start_replay(**{**wrong, "Destination": {"Arn": arn("event-bus/default")}})
    with refused("ResourceNotFoundException"):
        events.start_replay(**{**wrong, "EventSourceArn": arn("archive/absent")})
    with refused("ResourceNotFoundException"):
        events.describe_replay(ReplayName="absent")
    with refused("ResourceNotFoundException"):
        events.cancel_replay(ReplayName="absent")
    holds(events.update_archive(ArchiveName=name, RetentionDays=0, EventPattern=PATTERN), State="ENABLED")
    holds(events.describe_archive(ArchiveName=name), RetentionDays=0, EventPattern=PATTERN, Description="d")
    events.delete_archive(ArchiveName=name)
    with refused("ResourceNotFoundException", contains=f"Archive {name} does not exist."):
        events.describe_archive(ArchiveName=name)


def test_a_bus_passes_events_on(server):
    events, first, second = server.client("events"), bus_of(server), bus_of(server)
    rule = events.put_rule(Name="on", EventBusName=first, EventPattern=PATTERN)["RuleArn"]
    last = events.put_rule(Name="end", EventBusName=second, EventPattern=PATTERN)["RuleArn"]
    url, own = queue(server, last)
    _, dead = queue(server, rule)
    bus = arn(f"event-bus/{second}")
    with refused("ValidationException", contains="not supported for target b"):
        events.put_targets(Rule="on", EventBusName=first, Targets=[{"Id": "b", "Arn": bus, "Input": "{}"}])
    events.put_targets(Rule="on", EventBusName=first, Targets=[{"Id": "b", "Arn": bus, "DeadLetterConfig": {"Arn": dead}}])
    events.put_targets(Rule="end", EventBusName=second, Targets=[{"Id": "q", "Arn": own}])
    allow = {"Version": "2012-10-17", "Statement": [{
        "Sid": "s", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "events:PutEvents",
        "Resource": bus, "Condition": {"ArnEquals": {"aws:SourceArn": rule}}}]}
    events.put_permission(EventBusName=second, Policy=json.dumps(allow))
    done = events.put_events(Entries=[entry(first, detail={"a": 1})])
    body = json.loads(received(server, url)[0]["Body"])
    holds(body, id=done["Entries"][0]["EventId"], detail={"a": 1}, source="shop")


def test_loops_end(server):
    """A bus that passes events to itself stops at a depth, and the event lies in the dead-letter queue."""
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="loop", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    url, dead = queue(server, rule)
    own = arn(f"event-bus/{bus}")
    events.put_permission(EventBusName=bus, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Sid": "s", "Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "events:PutEvents",
        "Resource": own}]}))
    events.put_targets(Rule="loop", EventBusName=bus, Targets=[
        {"Id": "self", "Arn": own, "DeadLetterConfig": {"Arn": dead}}])
    events.put_events(Entries=[entry(bus)])
    got = received(server, url, wait=20)
    equal(len(got), 1)
    attributes = {name: value["StringValue"] for name, value in got[0]["MessageAttributes"].items()}
    holds(attributes, RULE_ARN=rule, TARGET_ARN=own, ERROR_CODE="LINEAGE_TOO_DEEP", RETRY_ATTEMPTS="0")


def test_what_cannot_be_delivered(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)["RuleArn"]
    url, dead = queue(server, rule)
    _, closed = queue(server, "arn:aws:events:us-east-1:000000000000:rule/another")
    absent = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:absent"
    events.put_targets(Rule="r", EventBusName=bus, Targets=[
        {"Id": "a", "Arn": absent, "DeadLetterConfig": {"Arn": dead}},
        {"Id": "b", "Arn": closed, "DeadLetterConfig": {"Arn": dead}, "Input": '"as sent"'}])
    done = events.put_events(Entries=[entry(bus)])
    got = sorted(received(server, url), key=lambda m: m["MessageAttributes"]["TARGET_ARN"]["StringValue"])
    found = [{name: value["StringValue"] for name, value in message["MessageAttributes"].items()} for message in got]
    equal(len(found), 2)
    holds(found[0], RULE_ARN=rule, TARGET_ARN=absent, ERROR_CODE="NO_RESOURCE", RETRY_ATTEMPTS="0")
    holds(found[1], RULE_ARN=rule, TARGET_ARN=closed, ERROR_CODE="NO_PERMISSIONS")
    assert "sqs:SendMessage" in found[1]["ERROR_MESSAGE"], found[1]
    equal(json.loads(got[0]["Body"])["id"], done["Entries"][0]["EventId"])
    equal(got[1]["Body"], '"as sent"')


def test_more_targets_than_one_commit_takes(server):
    """300 rules of which each sends a large event to a queue: all of them get it."""
    events, bus = server.client("events"), bus_of(server)
    url, own = queue(server, f"{arn('rule/' + bus)}/*")
    for number in range(60):
        events.put_rule(Name=f"r{number}", EventBusName=bus, EventPattern=PATTERN)
        events.put_targets(Rule=f"r{number}", EventBusName=bus, Targets=[
            {"Id": f"t{n}", "Arn": own, "InputPath": "$.detail.n"} for n in range(5)])
    events.put_events(Entries=[entry(bus, detail={"n": number, "x": "x" * 40_000}) for number in range(5)])

    def arrived():
        attributes = server.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(attributes["Attributes"]["ApproximateNumberOfMessages"]) == 1500
    eventually(arrived, seconds=60)


def test_schedules_put_events(server):
    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern='{"source": ["clock"]}')["RuleArn"]
    url, own = queue(server, rule)
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "q", "Arn": own}])
    iam, scheduler = server.client("iam"), server.client("scheduler")
    role = iam.create_role(RoleName=unique("clock"), AssumeRolePolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"},
                                                "Action": "sts:AssumeRole"}]}))["Role"]
    iam.put_role_policy(RoleName=role["RoleName"], PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "events:PutEvents",
                                                "Resource": arn(f"event-bus/{bus}")}]}))
    target = {"Arn": arn(f"event-bus/{bus}"), "RoleArn": role["Arn"], "Input": '{"at": "<aws.scheduler.scheduled-time>"}',
              "EventBridgeParameters": {"DetailType": "tick", "Source": "clock"}}
    name = unique("ticks")
    with refused("ValidationException", contains="EventBridgeParameters belong to an event bus"):
        scheduler.create_schedule(Name=name, ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"}, Target={
            key: value for key, value in target.items() if key != "EventBridgeParameters"})
    scheduler.create_schedule(
        Name=name, ScheduleExpression="rate(1 minute)", FlexibleTimeWindow={"Mode": "OFF"}, Target=target)
    holds(scheduler.get_schedule(Name=name)["Target"], EventBridgeParameters=target["EventBridgeParameters"])
    body = json.loads(received(server, url, wait=20)[0]["Body"])
    holds(body, **{"source": "clock", "detail-type": "tick"})
    assert body["detail"]["at"], body
    scheduler.delete_schedule(Name=name)


def test_connections_and_destinations(server):
    events, name = server.client("events"), unique("c")
    secret = {"HeaderParameters": [{"Key": "a", "Value": "open", "IsValueSecret": False},
                                   {"Key": "b", "Value": "hidden", "IsValueSecret": True}]}
    made = events.create_connection(Name=name, AuthorizationType="BASIC", Description="d", AuthParameters={
        "BasicAuthParameters": {"Username": "u", "Password": "p"}, "InvocationHttpParameters": secret})
    equal(made["ConnectionState"], "AUTHORIZED")
    found = events.describe_connection(Name=name)
    holds(found, Name=name, ConnectionArn=made["ConnectionArn"], AuthorizationType="BASIC", Description="d", AuthParameters={
        "BasicAuthParameters": {"Username": "u"}, "InvocationHttpParameters": {"HeaderParameters": [
            {"Key": "a", "Value": "open", "IsValueSecret": False}, {"Key": "b", "IsValueSecret": True}]}})
    with refused("ResourceAlreadyExistsException"):
        events.create_connection(Name=name, AuthorizationType="API_KEY", AuthParameters={
            "ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}})
    with refused("ValidationException", contains="API_KEY needs ApiKeyAuthParameters"):
        events.create_connection(Name="x", AuthorizationType="API_KEY", AuthParameters={
            "BasicAuthParameters": {"Username": "u", "Password": "p"}})
    events.update_connection(Name=name, AuthorizationType="API_KEY", AuthParameters={
        "ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "v"}})
    # What is not said stays, but nothing of another kind.
    events.update_connection(Name=name, AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "l"}})
    found = events.describe_connection(Name=name)["AuthParameters"]
    assert found["ApiKeyAuthParameters"] == {"ApiKeyName": "l"} and set(found) == {"ApiKeyAuthParameters", "InvocationHttpParameters"}, found
    with refused("ValidationException", contains="BasicAuthParameters lacks"):
        events.update_connection(Name=name, AuthorizationType="BASIC", AuthParameters={"BasicAuthParameters": {"Username": "u"}})
    equal([c["Name"] for c in events.list_connections(NamePrefix=name)["Connections"]], [name])
    given = dict(ConnectionArn=made["ConnectionArn"], InvocationEndpoint="https://api.example.com/*", HttpMethod="POST",
                 InvocationRateLimitPerSecond=5, Description="d")
    own = events.create_api_destination(Name=name, **given)["ApiDestinationArn"]
    holds(events.describe_api_destination(Name=name), Name=name, ApiDestinationArn=own, ApiDestinationState="ACTIVE", **given)
    events.update_api_destination(Name=name, HttpMethod="PUT")
    holds(events.describe_api_destination(Name=name), **{**given, "HttpMethod": "PUT"})
    equal([d["Name"] for d in events.list_api_destinations(ConnectionArn=made["ConnectionArn"])["ApiDestinations"]], [name])
    with refused("ResourceNotFoundException"):
        events.create_api_destination(Name="x", **{**given, "ConnectionArn": given["ConnectionArn"][:-1] + "x"})
    with refused("ValidationException", contains="must begin with https://"):
        events.create_api_destination(Name="x", **{**given, "InvocationEndpoint": "ftp://api.example.com/"})
    # A rule may have it as its target, but nothing of a kind that is not served.
    bus = bus_of(server)
    events.put_rule(Name="r", EventBusName=bus, EventPattern=PATTERN)
    with refused("ValidationException", contains="nothing is delivered to here"):
        stream = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
        events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "a", "Arn": stream}])
    target = {"Id": "a", "Arn": own, "RoleArn": server.role}
    equal(events.put_targets(Rule="r", EventBusName=bus, Targets=[target])["FailedEntryCount"], 0)
    events.delete_api_destination(Name=name)
    with refused("ResourceNotFoundException"):
        events.describe_api_destination(Name=name)
    equal(events.deauthorize_connection(Name=name)["ConnectionState"], "DEAUTHORIZED")
    equal(events.delete_connection(Name=name)["ConnectionState"], "DELETING")
    with refused("ResourceNotFoundException"):
        events.describe_connection(Name=name)


def test_cloud_events(server):
    """Structured, binary and in a batch; signed like all else, and refused where PutEvents would be."""
    import urllib.error
    import urllib.request

    import botocore.session
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    events, bus = server.client("events"), bus_of(server)
    rule = events.put_rule(Name="r", EventBusName=bus, EventPattern='{"cloudevents": {"subject": ["s-1"]}}')["RuleArn"]
    url, own = queue(server, rule)
    events.put_targets(Rule="r", EventBusName=bus, Targets=[{"Id": "q", "Arn": own}])
    endpoint = events.meta.endpoint_url

    def send(body, headers, path=f"/cloudevents/{bus}", sign=True):
        request = AWSRequest("POST", endpoint + path, data=body, headers=headers)
        if sign:
            SigV4Auth(events._request_signer._credentials, "events", REGION).add_auth(request)
        try:
            with urllib.request.urlopen(urllib.request.Request(
                    endpoint + path, data=body, headers=dict(request.headers), method="POST")) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    one = {"specversion": "1.0", "id": "A-1", "source": "/shop/1", "type": "ordered", "subject": "s-1",
           "time": "2024-05-06T07:08:09+02:00", "data": {"total": 1.5}, "traceid": "x"}
    structured, binary = {"Content-Type": "application/cloudevents+json; charset=utf-8"}, {
        "ce-specversion": "1.0", "ce-id": "A-2", "ce-source": "/shop/1", "ce-type": "ordered", "ce-subject": "s-1",
        "ce-note": "caf%C3%A9"}
    status, answer = send(json.dumps(one).encode(), structured)
    equal((status, len(answer["Entries"])), (200, 1))
    body = json.loads(received(server, url)[0]["Body"])
    equal(body, {"version": "0", "id": answer["Entries"][0]["EventId"], "detail-type": "ordered", "source": "/shop/1",
                 "account": ACCOUNT, "time": "2024-05-06T05:08:09Z", "region": REGION, "resources": [],
                 "cloudevents": {"specversion": "1.0", "id": "A-1", "subject": "s-1", "traceid": "x"},
                 "detail": {"total": 1.5}})
    for content, sent, wanted in (("application/json", b'{"a": 1}', {"a": 1}), ("application/json", b"[1]", {"data": [1]}),
                                  ("text/plain", b"hi", {"data": "hi"}), ("image/png", b"\xff", {"data_base64": "/w=="})):
        equal(send(sent, {**binary, "Content-Type": content})[0], 200)
        body = json.loads(received(server, url)[0]["Body"])
        equal((body["detail"], body["cloudevents"]["note"], body["cloudevents"]["datacontenttype"]), (wanted, "café", content))
    batch = {"Content-Type": "application/cloudevents-batch+json"}
    status, answer = send(json.dumps([one, {**one, "id": "A-3"}]).encode(), batch)
    equal((status, len(answer["Entries"]), len(received(server, url))), (200, 2, 2))
    for broken, headers, status in (
            ({**one, "specversion": "0.3"}, structured, 400), ({**one, "id": ""}, structured, 400),
            ({**one, "Bad": "x"}, structured, 400), ({**one, "data_base64": "AA=="}, structured, 400), ([one], structured, 400),
            (one, batch, 400), ([one] * 11, batch, 400), ({**one, "source": "aws.s3"}, structured, 403),
            ({**one, "time": "soon"}, structured, 400)):
        equal(send(json.dumps(broken).encode(), headers)[0], status)
    equal(send(b"{", {"Content-Type": "application/cloudevents+json"})[0], 400)
    equal(send(json.dumps(one).encode(), structured, path="/cloudevents/absent")[0], 400)
    equal(send(json.dumps(one).encode(), structured, sign=False)[0], 403)
    equal(received(server, url, wait=1), [])
