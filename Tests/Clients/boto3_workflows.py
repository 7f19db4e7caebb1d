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
    assert 1 <= took < 2, took
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
