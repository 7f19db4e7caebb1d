"""Step Functions through boto3."""

import json
import time

from expect import equal, eventually, holds, refused
from packages import pack

MACHINE = "arn:aws:states:us-east-1:000000000000:stateMachine:"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
CALLS = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": "*"}]})
HELLO = {"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "Result": {"hello": "world"}, "End": True}}}
WAIT = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Done"}, "Done": {"Type": "Succeed"}}}


def client(server):
    # The host prefix `sync-` stands before a name, and there is none before an address.
    return server.client("stepfunctions", inject_host_prefix=False)


def role(server, name="for-workflows", trust=TRUST):
    iam = server.client("iam")
    try:
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="calls", PolicyDocument=CALLS)
        return arn
    except iam.exceptions.EntityAlreadyExistsException:
        return iam.get_role(RoleName=name)["Role"]["Arn"]


def machine(server, name, definition, **more):
    return client(server).create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role(server), **more)["stateMachineArn"]


def ended(states, execution, seconds=30):
    def look():
        found = states.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None
    return eventually(look, seconds)


def test_machines(server):
    states = client(server)
    given = dict(name="first", definition=json.dumps(HELLO), roleArn=role(server), tags=[{"key": "a", "value": "1"}])
    made = states.create_state_machine(**given)
    equal(made["stateMachineArn"], MACHINE + "first")
    equal(states.create_state_machine(**given)["creationDate"], made["creationDate"])
    with refused("StateMachineAlreadyExists", 400):
        states.create_state_machine(**{**given, "definition": json.dumps(WAIT)})
    found = states.describe_state_machine(stateMachineArn=made["stateMachineArn"])
    holds(found, name="first", status="ACTIVE", definition=given["definition"], roleArn=given["roleArn"], type="STANDARD",
          creationDate=made["creationDate"], loggingConfiguration={"level": "OFF", "includeExecutionData": False},
          tracingConfiguration={"enabled": False})
    assert "revisionId" not in found, found
    changed = states.update_state_machine(stateMachineArn=made["stateMachineArn"], definition=json.dumps(WAIT))
    equal(states.describe_state_machine(stateMachineArn=made["stateMachineArn"])["revisionId"], changed["revisionId"])
    with refused("MissingRequiredParameter", 400):
        states.update_state_machine(stateMachineArn=made["stateMachineArn"])
    equal(states.list_tags_for_resource(resourceArn=made["stateMachineArn"])["tags"], given["tags"])
    states.tag_resource(resourceArn=made["stateMachineArn"], tags=[{"key": "b", "value": "2"}])
    states.untag_resource(resourceArn=made["stateMachineArn"], tagKeys=["a"])
    equal(states.list_tags_for_resource(resourceArn=made["stateMachineArn"])["tags"], [{"key": "b", "value": "2"}])
    assert MACHINE + "first" in [entry["stateMachineArn"] for entry in states.list_state_machines()["stateMachines"]]
    states.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    states.delete_state_machine(stateMachineArn=made["stateMachineArn"])
    with refused("StateMachineDoesNotExist", 400):
        states.describe_state_machine(stateMachineArn=made["stateMachineArn"])


def test_refused_machines(server):
    states, mine = client(server), role(server)
    with refused("InvalidDefinition", 400, contains="MISSING_TRANSITION_TARGET"):
        machine(server, "bad", {"StartAt": "Nowhere", "States": {"A": {"Type": "Succeed"}}})
    with refused("InvalidName", 400):
        states.create_state_machine(name="bad name", definition=json.dumps(HELLO), roleArn=mine)
    with refused("InvalidArn", 400):
        states.create_state_machine(name="bad", definition=json.dumps(HELLO), roleArn="nobody")
    other = role(server, "not-for-workflows", TRUST.replace("states", "lambda"))
    with refused("AccessDeniedException", 400, contains="states.amazonaws.com"):
        states.create_state_machine(name="bad", definition=json.dumps(HELLO), roleArn=other)
    with refused("InvalidArn", 400):
        states.describe_state_machine(stateMachineArn="first")


def test_executions(server):
    states, arn = client(server), machine(server, "hello", HELLO)
    started = states.start_execution(stateMachineArn=arn, name="one", input='{"a": 1}')
    equal(started["executionArn"], arn.replace("stateMachine", "execution") + ":one")
    found = ended(states, started["executionArn"])
    holds(found, status="SUCCEEDED", name="one", stateMachineArn=arn, input='{"a": 1}', startDate=started["startDate"],
          inputDetails={"included": True}, outputDetails={"included": True}, redriveCount=0)
    equal(json.loads(found["output"]), {"hello": "world"})
    events = states.get_execution_history(executionArn=started["executionArn"])["events"]
    equal([event["type"] for event in events], ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
    equal([event["id"] for event in events], [1, 2, 3, 4])
    equal([event["previousEventId"] for event in events], [0, 0, 2, 3])
    holds(events[0]["executionStartedEventDetails"], input='{"a": 1}', roleArn=role(server))
    backwards = states.get_execution_history(executionArn=started["executionArn"], reverseOrder=True, includeExecutionData=False)["events"]
    equal([event["id"] for event in backwards], [4, 3, 2, 1])
    assert "input" not in backwards[3]["executionStartedEventDetails"], backwards
    with refused("ExecutionAlreadyExists", 400):
        states.start_execution(stateMachineArn=arn, name="one", input='{"a": 1}')
    with refused("ExecutionDoesNotExist", 400):
        states.describe_execution(executionArn=started["executionArn"] + "s")
    with refused("InvalidExecutionInput", 400):
        states.start_execution(stateMachineArn=arn, input="{")
    with refused("StateMachineDoesNotExist", 400):
        states.start_execution(stateMachineArn=arn + "s")
    holds(states.describe_state_machine_for_execution(executionArn=started["executionArn"]), definition=json.dumps(HELLO), name="hello")


def test_waiting_and_stopping(server):
    states, arn = client(server), machine(server, "waits", WAIT)
    short = states.start_execution(stateMachineArn=arn, name="short", input='{"seconds": 1}')["executionArn"]
    long = states.start_execution(stateMachineArn=arn, name="long", input='{"seconds": 1000}')
    equal(states.start_execution(stateMachineArn=arn, name="long", input='{ "seconds": 1000 }')["startDate"], long["startDate"])
    with refused("ExecutionAlreadyExists", 400):
        states.start_execution(stateMachineArn=arn, name="long", input='{"seconds": 1001}')
    found = ended(states, short)
    holds(found, status="SUCCEEDED")
    took = (found["stopDate"] - found["startDate"]).total_seconds()
    assert 1 <= took < 10, took
    running = states.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]
    equal([entry["name"] for entry in running], ["long"])
    stopped = states.stop_execution(executionArn=long["executionArn"], error="Enough", cause="It takes too long.")
    found = ended(states, long["executionArn"])
    holds(found, status="ABORTED", error="Enough", cause="It takes too long.", stopDate=stopped["stopDate"])
    equal(states.get_execution_history(executionArn=long["executionArn"])["events"][-1]["type"], "ExecutionAborted")
    equal(len(states.list_executions(stateMachineArn=arn)["executions"]), 2)


def test_lists(server):
    states, arn = client(server), machine(server, "lists", HELLO)
    for number in range(5):
        states.start_execution(stateMachineArn=arn, name=f"run-{number}")
        time.sleep(0.01)
    names, token = [], {}
    while True:
        page = states.list_executions(stateMachineArn=arn, maxResults=2, **token)
        names += [entry["name"] for entry in page["executions"]]
        if "nextToken" not in page:
            break
        token = {"nextToken": page["nextToken"]}
    equal(names, [f"run-{number}" for number in reversed(range(5))])
    first = states.get_execution_history(executionArn=arn.replace("stateMachine", "execution") + ":run-0", maxResults=3)
    rest = states.get_execution_history(
        executionArn=arn.replace("stateMachine", "execution") + ":run-0", maxResults=3, nextToken=first["nextToken"])
    equal([event["id"] for event in first["events"] + rest["events"]], [1, 2, 3, 4])
    with refused("InvalidToken", 400):
        states.list_executions(stateMachineArn=arn, nextToken="?")


def test_functions(server):
    functions, states = server.client("lambda"), client(server)
    code = pack({"index.py": (
        "def handler(event, context):\n"
        "    if event.get('fail'): raise KeyError(event['fail'])\n"
        "    return {'got': event}\n")})
    function = functions.create_function(
        FunctionName="of-workflow", Runtime="python3.13", Role=server.role,
        Handler="index.handler", Code={"ZipFile": code})["FunctionArn"]
    arn = machine(server, "calls", {"StartAt": "Direct", "States": {
        "Direct": {"Type": "Task", "Resource": function, "Next": "Wrapped"},
        "Wrapped": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {
            "FunctionName": "of-workflow", "Payload.$": "$"}, "ResultPath": "$.wrapped", "Next": "Fails"},
        "Fails": {"Type": "Task", "Resource": function, "Parameters": {"fail": "it"}, "Retry": [
            {"ErrorEquals": ["KeyError"], "IntervalSeconds": 1, "MaxAttempts": 1}],
            "Catch": [{"ErrorEquals": ["KeyError"], "ResultPath": "$.error", "Next": "Done"}], "End": True},
        "Done": {"Type": "Succeed"}}})
    execution = states.start_execution(stateMachineArn=arn, input='{"x": 1}')["executionArn"]
    found = ended(states, execution, 60)
    holds(found, status="SUCCEEDED")
    output = json.loads(found["output"])
    equal(output["got"], {"x": 1})
    holds(output["wrapped"], StatusCode=200, Payload={"got": {"got": {"x": 1}}}, ExecutedVersion="$LATEST")
    equal(output["error"]["Error"], "KeyError")
    types = [event["type"] for event in states.get_execution_history(executionArn=execution)["events"]]
    equal(types, [
        "ExecutionStarted", "TaskStateEntered", "LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionSucceeded",
        "TaskStateExited", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited",
        "TaskStateEntered", *["LambdaFunctionScheduled", "LambdaFunctionStarted", "LambdaFunctionFailed"] * 2,
        "TaskStateExited", "SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"])


def test_express(server):
    states = client(server)
    logs = server.client("logs")
    logs.create_log_group(logGroupName="/express")
    group = "arn:aws:logs:us-east-1:000000000000:log-group:/express:*"
    arn = machine(server, "express", {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "Next": "Done"}, "Done": {
        "Type": "Pass", "QueryLanguage": "JSONata", "Output": "{% {'id': $uuid(), 'n': $states.input.n + 1} %}", "End": True}}},
        type="EXPRESS", loggingConfiguration={"level": "ALL", "includeExecutionData": True, "destinations": [
            {"cloudWatchLogsLogGroup": {"logGroupArn": group}}]})
    found = states.start_sync_execution(stateMachineArn=arn, name="now", input='{"n": 1}')
    holds(found, status="SUCCEEDED", name="now", input='{"n": 1}', stateMachineArn=arn)
    equal(json.loads(found["output"])["n"], 2)
    assert found["executionArn"].startswith(arn.replace("stateMachine", "express") + ":now:"), found
    assert 1000 <= found["billingDetails"]["billedDurationInMilliseconds"] <= 2000, found
    started = states.start_execution(stateMachineArn=arn, input='{"n": 2}')

    def told():
        events = [json.loads(event["message"]) for event in logs.filter_log_events(logGroupName="/express")["events"]]
        return [event["type"] for event in events if event["execution_arn"] == started["executionArn"]]
    equal(eventually(lambda: "ExecutionSucceeded" in told() and told()), [
        "ExecutionStarted", "WaitStateEntered", "WaitStateExited", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"])
    with refused("StateMachineTypeNotSupported", 400):
        states.start_sync_execution(stateMachineArn=machine(server, "no-express", HELLO))
    failing = machine(server, "fails", {"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "E", "Cause": "C"}}}, type="EXPRESS")
    holds(states.start_sync_execution(stateMachineArn=failing), status="FAILED", error="E", cause="C")


def test_map_runs(server):
    states = client(server)
    item = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "Which", "States": {
        "Which": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 3, "Next": "No"}], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Yes"}, "No": {"Type": "Fail", "Error": "Three"},
        "Yes": {"Type": "Pass", "Parameters": {"twice.$": "States.MathAdd($.n, $.n)"}, "End": True}}}
    mapped = {"Type": "Map", "ItemProcessor": item, "MaxConcurrency": 4, "Label": "each", "ItemsPath": "$.items", "End": True}
    arn = machine(server, "maps", {"StartAt": "Map", "States": {"Map": {**mapped, "ToleratedFailureCount": 1}}})
    execution = states.start_execution(
        stateMachineArn=arn, input=json.dumps({"items": [{"n": number} for number in range(6)]}))["executionArn"]
    found = ended(states, execution, 60)
    holds(found, status="SUCCEEDED")
    equal([entry["twice"] for entry in json.loads(found["output"])], [0, 2, 4, 8, 10])
    run = states.list_map_runs(executionArn=execution)["mapRuns"][0]
    holds(run, executionArn=execution, stateMachineArn=arn)
    assert run["mapRunArn"].startswith(arn.replace("stateMachine", "mapRun") + "/each:"), run
    said = states.describe_map_run(mapRunArn=run["mapRunArn"])
    holds(said, status="SUCCEEDED", maxConcurrency=4, toleratedFailureCount=1)
    holds(said["executionCounts"], total=6, succeeded=5, failed=1, running=0, pending=0)
    children = states.list_executions(mapRunArn=run["mapRunArn"])["executions"]
    equal(len(children), 6)
    failed = states.list_executions(mapRunArn=run["mapRunArn"], statusFilter="FAILED")["executions"]
    equal([entry["mapRunArn"] for entry in failed], [run["mapRunArn"]])
    for redriven, count in (("REDRIVEN", 0), ("NOT_REDRIVEN", 6)):
        equal(len(states.list_executions(mapRunArn=run["mapRunArn"], redriveFilter=redriven)["executions"]), count)
    with refused("ValidationException", 400):
        states.list_executions(stateMachineArn=arn, redriveFilter="REDRIVEN")
    with refused("ValidationException", 400):
        states.list_executions(stateMachineArn=arn, mapRunArn=run["mapRunArn"])
    holds(states.describe_execution(executionArn=failed[0]["executionArn"]), input='{"n":3}', error="Three")
    types = [event["type"] for event in states.get_execution_history(executionArn=execution)["events"]]
    equal(types, ["ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapRunStarted", "MapRunSucceeded",
                  "MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"])
    strict = machine(server, "strict-maps", {"StartAt": "Map", "States": {"Map": mapped}})
    execution = states.start_execution(
        stateMachineArn=strict, input=json.dumps({"items": [{"n": number} for number in range(6)]}))["executionArn"]
    holds(ended(states, execution, 60), status="FAILED", error="States.ExceedToleratedFailureThreshold")
    run = states.list_map_runs(executionArn=execution)["mapRuns"][0]["mapRunArn"]
    holds(states.describe_map_run(mapRunArn=run), status="FAILED")
    assert not states.list_executions(mapRunArn=run, statusFilter="RUNNING")["executions"]


TASK = "arn:aws:states:us-east-1:000000000000:activity:"


def test_versions(server):
    states = client(server)
    made = states.create_state_machine(
        name="versions", definition=json.dumps(HELLO), roleArn=role(server), publish=True, versionDescription="first")
    arn, first = made["stateMachineArn"], made["stateMachineVersionArn"]
    equal(first, arn + ":1")
    # The same revision has one number.
    equal(states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"], first)
    found = states.describe_state_machine(stateMachineArn=first)
    holds(found, stateMachineArn=first, description="first", definition=json.dumps(HELLO))
    changed = states.update_state_machine(stateMachineArn=arn, definition=json.dumps(WAIT))
    with refused("ConflictException", 400, contains="revision"):
        states.publish_state_machine_version(stateMachineArn=arn, revisionId="another")
    second = states.publish_state_machine_version(
        stateMachineArn=arn, revisionId=changed["revisionId"])["stateMachineVersionArn"]
    equal(second, arn + ":2")
    equal([entry["stateMachineVersionArn"] for entry in states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]],
          [second, first])
    page = states.list_state_machine_versions(stateMachineArn=arn, maxResults=1)
    rest = states.list_state_machine_versions(stateMachineArn=arn, nextToken=page["nextToken"])
    equal([entry["stateMachineVersionArn"] for entry in rest["stateMachineVersions"]], [first])
    with refused("StateMachineDoesNotExist", 400):
        states.update_state_machine(stateMachineArn=first, definition=json.dumps(HELLO))
    with refused("ValidationException", 400):
        states.update_state_machine(stateMachineArn=arn, definition=json.dumps(HELLO), versionDescription="none")
    # A version runs what it ran when it was published.
    execution = states.start_execution(stateMachineArn=first, name="by-version")["executionArn"]
    holds(ended(states, execution), status="SUCCEEDED", stateMachineVersionArn=first, stateMachineArn=arn)
    for listed in ({"stateMachineArn": first}, {"stateMachineArn": first, "statusFilter": "SUCCEEDED"}):
        equal([entry["executionArn"] for entry in states.list_executions(**listed)["executions"]], [execution])
    for listed in ({"stateMachineArn": second}, {"stateMachineArn": first, "statusFilter": "FAILED"}):
        equal(states.list_executions(**listed)["executions"], [])
    with refused("StateMachineDoesNotExist", 400):
        states.start_execution(stateMachineArn=arn + ":3")
    states.delete_state_machine_version(stateMachineVersionArn=second)
    states.delete_state_machine_version(stateMachineVersionArn=second)
    equal(len(states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]), 1)
    states.delete_state_machine(stateMachineArn=arn)


def test_aliases(server):
    states = client(server)
    arn = machine(server, "aliased", HELLO)
    first = states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
    second = states.update_state_machine(stateMachineArn=arn, definition=json.dumps(
        {"StartAt": "Other", "States": {"Other": {"Type": "Pass", "Result": "other", "End": True}}}),
        publish=True)["stateMachineVersionArn"]
    given = dict(name="live", description="d", routingConfiguration=[{"stateMachineVersionArn": first, "weight": 100}])
    made = states.create_state_machine_alias(**given)
    alias = made["stateMachineAliasArn"]
    equal(alias, arn + ":live")
    equal(states.create_state_machine_alias(**given)["creationDate"], made["creationDate"])
    with refused("ConflictException", 400):
        states.create_state_machine_alias(**{**given, "description": "another"})
    for routing in ([{"stateMachineVersionArn": first, "weight": 50}],
                    [{"stateMachineVersionArn": first, "weight": 50}] * 2):
        with refused("ValidationException", 400):
            states.create_state_machine_alias(name="wrong", routingConfiguration=routing)
    with refused("ResourceNotFound", 400):
        states.create_state_machine_alias(
            name="wrong", routingConfiguration=[{"stateMachineVersionArn": arn + ":9", "weight": 100}])
    holds(states.describe_state_machine_alias(stateMachineAliasArn=alias), name="live", description="d",
          routingConfiguration=given["routingConfiguration"])
    with refused("ConflictException", 400, contains="live"):
        states.delete_state_machine_version(stateMachineVersionArn=first)
    execution = states.start_execution(stateMachineArn=alias)["executionArn"]
    found = ended(states, execution)
    holds(found, status="SUCCEEDED", stateMachineAliasArn=alias, stateMachineVersionArn=first)
    equal([entry["executionArn"] for entry in states.list_executions(stateMachineArn=alias)["executions"]], [execution])
    states.update_state_machine_alias(stateMachineAliasArn=alias, routingConfiguration=[
        {"stateMachineVersionArn": first, "weight": 50}, {"stateMachineVersionArn": second, "weight": 50}])
    # Twenty-four times the same out of two comes about once in ten million times.
    executions = [states.start_execution(stateMachineArn=alias)["executionArn"] for _ in range(24)]
    equal({ended(states, execution)["stateMachineVersionArn"] for execution in executions}, {first, second})
    equal([entry["stateMachineAliasArn"] for entry in states.list_state_machine_aliases(stateMachineArn=arn)["stateMachineAliases"]],
          [alias])
    states.delete_state_machine_alias(stateMachineAliasArn=alias)
    with refused("ResourceNotFound", 400):
        states.describe_state_machine_alias(stateMachineAliasArn=alias)
    states.delete_state_machine_version(stateMachineVersionArn=first)
    states.delete_state_machine(stateMachineArn=arn)


def test_definitions_are_checked(server):
    states = client(server)
    holds(states.validate_state_machine_definition(definition=json.dumps(HELLO)), result="OK", diagnostics=[])
    odd = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"b": "$.b"}, "End": True}}})
    holds(states.validate_state_machine_definition(definition=odd), result="OK", diagnostics=[])
    found = states.validate_state_machine_definition(definition=odd, severity="WARNING")
    equal(found["result"], "OK")
    equal([(entry["severity"], entry["code"], entry["location"]) for entry in found["diagnostics"]],
          [("WARNING", "NO_DOLLAR", "/States/A/Parameters/b")])
    bad = {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B", "Extra": 1}, "C": {"Type": "Succeed"}}}
    found = states.validate_state_machine_definition(definition=json.dumps(bad))
    equal(found["result"], "FAIL")
    equal({(entry["code"], entry["location"]) for entry in found["diagnostics"]}, {
        ("SCHEMA_VALIDATION_FAILED", "/States/A"), ("MISSING_TRANSITION_TARGET", "/States/A/Next"),
        ("MISSING_TRANSITION_TARGET", "/States/C")})
    few = states.validate_state_machine_definition(definition=json.dumps(bad), maxResults=1)
    holds(few, truncated=True)
    equal(len(few["diagnostics"]), 1)
    waits = {"StartAt": "A", "States": {"A": {
        "Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "End": True}}}
    holds(states.validate_state_machine_definition(definition=json.dumps(waits)), result="OK")
    holds(states.validate_state_machine_definition(definition=json.dumps(waits), type="EXPRESS"), result="FAIL")
    with refused("InvalidDefinition", 400):
        machine(server, "express-waits", waits, type="EXPRESS")


def test_states_are_tested(server):
    states = client(server)
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"},
             "ResultSelector": {"code.$": "$.StatusCode"}, "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}],
             "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Elsewhere"}], "Next": "On"}

    def test(**more):
        return states.test_state(definition=json.dumps(state), input="{}", **more)
    found = test(mock={"result": json.dumps({"StatusCode": 200})}, inspectionLevel="DEBUG")
    holds(found, status="SUCCEEDED", output='{"code":200}', nextState="On")
    holds(found["inspectionData"], afterParameters='{"FunctionName":"f"}', result='{"StatusCode":200}')
    assert "inspectionData" not in test(mock={"result": '{"StatusCode": 200}'})
    with refused("ValidationException", 400, contains="Field 'StatusCode' must be a number"):
        test(mock={"result": '{"StatusCode": "200"}'})
    busy = {"errorOutput": {"error": "Busy", "cause": "c"}}
    holds(test(mock=busy), status="RETRIABLE", error="Busy", cause="c")
    holds(test(mock=busy, stateConfiguration={"retrierRetryCount": 1}), status="CAUGHT_ERROR", nextState="Elsewhere")
    with refused("ValidationException", 400):
        test()
    with refused("ValidationException", 400, contains="TRACE"):
        test(mock=busy, revealSecrets=True)
    with refused("InvalidDefinition", 400):
        states.test_state(definition='{"Type": "Pass"}')
    # Without a mock it is called.
    functions = server.client("lambda")
    functions.create_function(
        FunctionName="tested", Runtime="python3.13", Role=server.role, Handler="index.handler",
        Code={"ZipFile": pack({"index.py": "def handler(event, context): return {'twice': event['n'] * 2}\n"})})
    state["Parameters"] = {"FunctionName": "tested", "Payload": {"n": 4}}
    del state["ResultSelector"]
    found = test(roleArn=role(server))
    holds(found, status="SUCCEEDED")
    equal(json.loads(found["output"])["Payload"], {"twice": 8})


def test_activities(server):
    states = client(server)
    made = states.create_activity(name="work", tags=[{"key": "a", "value": "1"}])
    equal(made["activityArn"], TASK + "work")
    equal(states.create_activity(name="work")["creationDate"], made["creationDate"])
    holds(states.describe_activity(activityArn=made["activityArn"]), name="work", creationDate=made["creationDate"])
    equal([entry["name"] for entry in states.list_activities()["activities"]], ["work"])
    states.tag_resource(resourceArn=made["activityArn"], tags=[{"key": "b", "value": "2"}])
    states.untag_resource(resourceArn=made["activityArn"], tagKeys=["a"])
    equal(states.list_tags_for_resource(resourceArn=made["activityArn"])["tags"], [{"key": "b", "value": "2"}])
    arn = machine(server, "does-work", {"StartAt": "Work", "States": {"Work": {
        "Type": "Task", "Resource": made["activityArn"], "HeartbeatSeconds": 1, "TimeoutSeconds": 60, "Retry": [
            {"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 1}], "End": True}}})
    execution = states.start_execution(stateMachineArn=arn, input='{"n": 1}')["executionArn"]
    # Nobody who has not begun has to be heard of; who has, and says nothing, is too late.
    time.sleep(1.5)
    for _ in range(2):
        task = states.get_activity_task(activityArn=made["activityArn"], workerName="me")
        equal(json.loads(task["input"]), {"n": 1})
        assert task["taskToken"], task
    found = ended(states, execution, 60)
    holds(found, status="FAILED", error="States.Timeout")
    events = states.get_execution_history(executionArn=execution)["events"]
    equal([event["type"] for event in events], [
        "ExecutionStarted", "TaskStateEntered", *["ActivityScheduled", "ActivityStarted", "ActivityTimedOut"] * 2,
        "ExecutionFailed"])
    equal(events[3]["activityStartedEventDetails"], {"workerName": "me"})
    states.delete_activity(activityArn=made["activityArn"])
    states.delete_activity(activityArn=made["activityArn"])
    with refused("ActivityDoesNotExist", 400):
        states.get_activity_task(activityArn=made["activityArn"])


def test_redrives(server):
    functions, states = server.client("lambda"), client(server)
    code = pack({"index.py": "def handler(event, context):\n    if event['redrives'] == 0: raise KeyError('not yet')\n    return 'now'\n"})
    functions.create_function(
        FunctionName="later", Runtime="python3.13", Role=server.role, Handler="index.handler", Code={"ZipFile": code})
    arn = machine(server, "redriven", {"StartAt": "First", "States": {
        "First": {"Type": "Pass", "Next": "Second"},
        "Second": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {
            "FunctionName": "later", "Payload": {"redrives.$": "$$.Execution.RedriveCount"}},
            "OutputPath": "$.Payload", "End": True}}})
    execution = states.start_execution(stateMachineArn=arn)["executionArn"]
    holds(ended(states, execution), status="FAILED", error="KeyError", redriveStatus="REDRIVABLE", redriveCount=0)
    before = len(states.get_execution_history(executionArn=execution)["events"])
    date = states.redrive_execution(executionArn=execution)["redriveDate"]
    holds(ended(states, execution), status="SUCCEEDED", output='"now"', redriveCount=1, redriveDate=date,
          redriveStatus="NOT_REDRIVABLE")
    events = states.get_execution_history(executionArn=execution)["events"][before:]
    equal([event["type"] for event in events], [
        "ExecutionRedriven", "TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"])
    equal(events[0]["executionRedrivenEventDetails"], {"redriveCount": 1})
    with refused("ExecutionNotRedrivable", 400):
        states.redrive_execution(executionArn=execution)
