"""CloudWatch Logs through boto3."""

import time

from expect import equal, eventually, holds, refused
from packages import python_package


def test_groups(server):
    logs = server.client("logs")
    logs.create_log_group(logGroupName="/test/a", tags={"t": "1"})
    with refused("ResourceAlreadyExistsException", 400):
        logs.create_log_group(logGroupName="/test/a")
    group = logs.describe_log_groups(logGroupNamePrefix="/test/a")["logGroups"][0]
    holds(group, logGroupName="/test/a")
    assert "retentionInDays" not in group and group["arn"].endswith(":log-group:/test/a:*"), group
    logs.put_retention_policy(logGroupName="/test/a", retentionInDays=7)
    equal(logs.describe_log_groups(logGroupNamePrefix="/test/a")["logGroups"][0]["retentionInDays"], 7)
    with refused("InvalidParameterException", 400):
        logs.put_retention_policy(logGroupName="/test/a", retentionInDays=8)
    logs.delete_retention_policy(logGroupName="/test/a")
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix="/test/a")["logGroups"][0]
    logs.delete_log_group(logGroupName="/test/a")
    with refused("ResourceNotFoundException", 400):
        logs.delete_log_group(logGroupName="/test/a")


def test_group_tags(server):
    logs = server.client("logs")
    logs.create_log_group(logGroupName="/test/t", tags={"a": "1"})
    arn = logs.describe_log_groups(logGroupNamePrefix="/test/t")["logGroups"][0]["arn"].removesuffix(":*")
    logs.tag_resource(resourceArn=arn, tags={"b": "2"})
    equal(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"a": "1", "b": "2"})
    logs.untag_resource(resourceArn=arn, tagKeys=["a"])
    equal(logs.list_tags_for_resource(resourceArn=arn)["tags"], {"b": "2"})
    logs.delete_log_group(logGroupName="/test/t")


def test_events(server):
    logs = server.client("logs")
    now = int(time.time() * 1000)
    logs.create_log_group(logGroupName="/test/e")
    for stream in ("one", "two"):
        logs.create_log_stream(logGroupName="/test/e", logStreamName=stream)
    with refused("ResourceAlreadyExistsException", 400):
        logs.create_log_stream(logGroupName="/test/e", logStreamName="one")
    events = [{"timestamp": now - 3000 + n, "message": f"line {n} {'even' if n % 2 == 0 else 'odd'}"} for n in range(25)]
    logs.put_log_events(logGroupName="/test/e", logStreamName="one", logEvents=events)
    logs.put_log_events(logGroupName="/test/e", logStreamName="two", logEvents=[{"timestamp": now, "message": "ERROR other ü"}])
    page = logs.get_log_events(logGroupName="/test/e", logStreamName="one", startFromHead=True, limit=10)
    equal([e["message"] for e in page["events"]], [e["message"] for e in events[:10]])
    page = logs.get_log_events(logGroupName="/test/e", logStreamName="one", startFromHead=True, nextToken=page["nextForwardToken"])
    equal([e["message"] for e in page["events"]], [e["message"] for e in events[10:]])
    last = logs.get_log_events(logGroupName="/test/e", logStreamName="one", nextToken=page["nextForwardToken"])
    equal((last["events"], last["nextForwardToken"]), ([], page["nextForwardToken"]))
    found = logs.filter_log_events(logGroupName="/test/e", filterPattern="ERROR")["events"]
    equal([(e["logStreamName"], e["message"]) for e in found], [("two", "ERROR other ü")])
    for pattern, count in (("%^line 1[0-9]? (odd|even)%", None), ("%^line 1[0-9]?.(odd)%", None), (r"%^line\s1[0-9]\s%", 10),
                           ("[word, number > 20, parity = odd]", 2), ("[..., w = even]", 13), ("[word, ...", None)):
        if count is None:
            with refused("InvalidParameterException", 400):
                logs.filter_log_events(logGroupName="/test/e", filterPattern=pattern)
        else:
            equal(len(logs.filter_log_events(logGroupName="/test/e", filterPattern=pattern)["events"]), count)
    found = logs.filter_log_events(logGroupName="/test/e", logStreamNames=["one"], startTime=now - 2990, endTime=now - 2981)["events"]
    equal(len(found), 10)
    everything = [e for page in logs.get_paginator("filter_log_events").paginate(
        logGroupName="/test/e", PaginationConfig={"PageSize": 7}) for e in page["events"]]
    equal(len(everything), 26)
    streams = logs.describe_log_streams(logGroupName="/test/e", logStreamNamePrefix="o")["logStreams"]
    equal([s["logStreamName"] for s in streams], ["one"])
    equal((streams[0]["firstEventTimestamp"], streams[0]["lastEventTimestamp"]), (events[0]["timestamp"], events[-1]["timestamp"]))
    logs.delete_log_stream(logGroupName="/test/e", logStreamName="two")
    with refused("ResourceNotFoundException", 400):
        logs.get_log_events(logGroupName="/test/e", logStreamName="two")
    logs.delete_log_group(logGroupName="/test/e")


def test_function_output_arrives(server):
    logs, lambda_ = server.client("logs"), server.client("lambda")
    lambda_.create_function(FunctionName="logged", Runtime="python3.12", Handler="app.handler", Role=server.role,
                            Code={"ZipFile": python_package()})
    request = lambda_.invoke(FunctionName="logged", Payload=b'{"mark": "needle"}')["ResponseMetadata"]["RequestId"]

    def lines():
        try:
            found = logs.filter_log_events(logGroupName="/aws/lambda/logged")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [e["message"] for e in found] if any("REPORT" in e["message"] for e in found) else []

    messages = [m.rstrip("\n") for m in eventually(lines)]
    kinds = [m.split(" ", 1)[0] for m in messages]
    assert kinds.index("START") < kinds.index("got") < kinds.index("END") < kinds.index("REPORT"), messages
    assert f"START RequestId: {request} Version: $LATEST" in messages, messages
    assert 'got {"mark": "needle"}' in messages, messages
    lambda_.delete_function(FunctionName="logged")


def test_unknown_operations_are_refused_not_failed(server):
    with refused("UnknownOperationException"):
        server.client("logs").describe_export_tasks()
