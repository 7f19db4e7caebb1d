"""Lambda through boto3."""

import base64
import hashlib
import json

from expect import equal, eventually, holds, refused
from packages import native_program, node_package, pack, python_package


def create(server, name, **more):
    return server.client("lambda", parameter_validation=False).create_function(**{
        "FunctionName": name, "Runtime": "python3.12", "Handler": "app.handler", "Role": server.role,
        "Code": {"ZipFile": python_package()}, **more})


def call(lambda_, name, event=None, **more):
    answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(event).encode(), **more)
    return answer, json.loads(answer["Payload"].read() or b"null")


def test_the_life_of_a_function(server):
    lambda_ = server.client("lambda")
    code = python_package()
    made = create(
        server, "life", Code={"ZipFile": code}, Description="d", Timeout=5, MemorySize=256, Environment={"Variables": {"MODE": "m"}},
        Tags={"team": "blue"}, EphemeralStorage={"Size": 600}, Architectures=["x86_64"])
    holds(made, FunctionName="life", Runtime="python3.12", Handler="app.handler", Description="d", Timeout=5, MemorySize=256,
          Version="$LATEST", PackageType="Zip", Role=server.role, CodeSize=len(code), EphemeralStorage={"Size": 600},
          Environment={"Variables": {"MODE": "m"}}, TracingConfig={"Mode": "PassThrough"}, Architectures=["x86_64"],
          CodeSha256=base64.b64encode(hashlib.sha256(code).digest()).decode())
    assert made["FunctionArn"].endswith(":function:life"), made
    lambda_.get_waiter("function_active_v2").wait(FunctionName="life", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    got = lambda_.get_function(FunctionName="life")
    holds(got["Configuration"], State="Active", LastUpdateStatus="Successful", RevisionId=made["RevisionId"])
    holds(got, Tags={"team": "blue"})
    equal(got["Code"]["RepositoryType"], "S3")
    holds(lambda_.get_function_configuration(FunctionName=made["FunctionArn"]), FunctionName="life")
    with refused("ResourceConflictException", 409):
        create(server, "life")
    answer, result = call(lambda_, "life", {"a": 1})
    equal((answer["StatusCode"], answer.get("FunctionError"), answer["ExecutedVersion"]), (200, None, "$LATEST"))
    holds(result, event={"a": 1}, version="$LATEST", name="life", mode="m", arn=made["FunctionArn"],
          id=answer["ResponseMetadata"]["RequestId"])
    changed = lambda_.update_function_configuration(
        FunctionName="life", Timeout=7, Environment={"Variables": {"MODE": "n"}}, Description="")
    holds(changed, Timeout=7, Description="")
    assert changed["RevisionId"] != made["RevisionId"]
    lambda_.get_waiter("function_updated_v2").wait(FunctionName="life", WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    equal(call(lambda_, "life")[1]["mode"], "n")
    updated = lambda_.update_function_code(FunctionName="life", ZipFile=pack({"app.py": "def handler(e, c):\n    return 'new'\n"}))
    assert updated["CodeSha256"] != made["CodeSha256"]
    equal(call(lambda_, "life")[1], "new")
    with refused("PreconditionFailedException", 412):
        lambda_.update_function_configuration(FunctionName="life", Timeout=8, RevisionId=made["RevisionId"])
    assert "life" in [f["FunctionName"] for f in lambda_.list_functions()["Functions"]]
    lambda_.delete_function(FunctionName="life")
    with refused("ResourceNotFoundException", 404, "Function not found: arn:aws:lambda"):
        lambda_.get_function(FunctionName="life")
    with refused("ResourceNotFoundException", 404):
        lambda_.invoke(FunctionName="life")


def test_function_errors_reach_the_caller(server):
    lambda_ = server.client("lambda")
    create(server, "errors", Timeout=1)
    answer, result = call(lambda_, "errors", {"fail": "why"}, LogType="Tail")
    equal((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
    holds(result, errorType="ValueError", errorMessage="why", requestId=answer["ResponseMetadata"]["RequestId"])
    assert "in handler" in result["stackTrace"][0], result
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert "START RequestId" in tail and "[ERROR] ValueError: why" in tail and "REPORT RequestId" in tail, tail
    answer, result = call(lambda_, "errors", {"sleep": 5})
    equal(answer["FunctionError"], "Unhandled")
    assert "Task timed out after 1.00 seconds" in result["errorMessage"], result
    answer, result = call(lambda_, "errors", {"exit": 7})
    holds(result, errorType="Runtime.ExitError")
    assert result["errorMessage"].endswith("Runtime exited with error: exit status 7"), result
    equal(call(lambda_, "errors", 1)[1]["event"], 1)
    lambda_.delete_function(FunctionName="errors")


def test_init_errors_reach_the_caller(server):
    lambda_ = server.client("lambda")
    create(server, "init", Handler="nope.handler")
    answer, result = call(lambda_, "init")
    equal(answer["FunctionError"], "Unhandled")
    holds(result, errorType="Runtime.ImportModuleError", errorMessage="Unable to import module 'nope': No module named 'nope'")
    lambda_.delete_function(FunctionName="init")


def test_node_and_native_functions(server):
    lambda_ = server.client("lambda")
    create(server, "node", Runtime="nodejs20.x", Handler="index.handler", Code={"ZipFile": node_package()})
    equal(call(lambda_, "node", {"x": "ü"})[1], {"node": {"x": "ü"}})
    lambda_.delete_function(FunctionName="node")
    native = {"bootstrap": native_program()}
    create(server, "own", Runtime="provided.al2023", Handler="any", Code={"ZipFile": pack(native, ["bootstrap"])})
    picture = base64.b64encode(b"P5 2 2 255 " + bytes([0, 255, 16, 240])).decode()
    equal(call(lambda_, "own", {"image": picture})[1]["histogram"], [1, 1] + [0] * 13 + [2])
    equal(call(lambda_, "own", {})[0]["FunctionError"], "Unhandled")
    equal(call(lambda_, "own", {"image": picture})[1]["width"], 2)
    lambda_.delete_function(FunctionName="own")


def test_ways_to_invoke(server):
    lambda_ = server.client("lambda")
    create(server, "ways", MemorySize=512, Timeout=30)
    answer, _ = call(lambda_, "ways", {"n": 1}, InvocationType="DryRun")
    equal(answer["StatusCode"], 204)
    answer, _ = call(lambda_, "ways", {"n": 2}, InvocationType="Event")
    equal(answer["StatusCode"], 202)
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    equal(call(lambda_, "ways", 1, ClientContext=context)[1]["client"], {"k": "v"})
    equal(json.loads(lambda_.invoke(FunctionName="ways")["Payload"].read())["event"], {})
    logs = server.client("logs")

    def arrived():
        try:
            return [e for e in logs.filter_log_events(logGroupName="/aws/lambda/ways")["events"] if '{"n": 2}' in e["message"]]
        except logs.exceptions.ResourceNotFoundException:
            return []

    eventually(arrived)
    big = {"x": "y" * 5_000_000}
    equal(call(lambda_, "ways", big)[1]["event"], big)
    with refused("RequestTooLargeException", 413):
        lambda_.invoke(FunctionName="ways", Payload=b'"' + b"z" * 6_300_000 + b'"')
    lambda_.delete_function(FunctionName="ways")


def test_versions_and_aliases(server):
    lambda_ = server.client("lambda")
    create(server, "versions", Environment={"Variables": {"MODE": "1"}})
    first = lambda_.publish_version(FunctionName="versions", Description="one")
    holds(first, Version="1", Description="one")
    equal(lambda_.publish_version(FunctionName="versions")["Version"], "1")
    lambda_.update_function_configuration(FunctionName="versions", Environment={"Variables": {"MODE": "2"}})
    equal(lambda_.publish_version(FunctionName="versions")["Version"], "2")
    equal([v["Version"] for v in lambda_.list_versions_by_function(FunctionName="versions")["Versions"]], ["$LATEST", "1", "2"])
    made = lambda_.create_alias(FunctionName="versions", Name="live", FunctionVersion="1", Description="d")
    assert made["AliasArn"].endswith(":function:versions:live"), made
    answer, result = call(lambda_, "versions", Qualifier="live")
    equal((answer["ExecutedVersion"], result["mode"], result["arn"]), ("1", "1", made["AliasArn"]))
    equal(call(lambda_, "versions:2")[1]["mode"], "2")
    lambda_.update_alias(FunctionName="versions", Name="live", FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.5}})
    holds(lambda_.get_alias(FunctionName="versions", Name="live"), FunctionVersion="2", RoutingConfig={"AdditionalVersionWeights": {"1": 0.5}})
    seen = {call(lambda_, "versions", Qualifier="live")[0]["ExecutedVersion"] for _ in range(40)}
    equal(seen, {"1", "2"})
    equal([a["Name"] for a in lambda_.list_aliases(FunctionName="versions")["Aliases"]], ["live"])
    with refused("ResourceConflictException", 409):
        lambda_.create_alias(FunctionName="versions", Name="live", FunctionVersion="1")
    with refused("ResourceConflictException", 409):
        lambda_.delete_function(FunctionName="versions", Qualifier="2")
    lambda_.delete_alias(FunctionName="versions", Name="live")
    with refused("ResourceNotFoundException", 404):
        lambda_.get_alias(FunctionName="versions", Name="live")
    lambda_.delete_function(FunctionName="versions", Qualifier="1")
    with refused("ResourceNotFoundException", 404):
        lambda_.get_function(FunctionName="versions", Qualifier="1")
    lambda_.delete_function(FunctionName="versions")


def test_layers(server):
    lambda_ = server.client("lambda")
    layer = lambda_.publish_layer_version(
        LayerName="tools", Description="d", Content={"ZipFile": pack({"python/tool.py": "VALUE = 'from layer'\n"})},
        CompatibleRuntimes=["python3.12"], LicenseInfo="MIT")
    holds(layer, Version=1, Description="d", CompatibleRuntimes=["python3.12"], LicenseInfo="MIT")
    assert layer["LayerVersionArn"].endswith(":layer:tools:1"), layer
    create(server, "layered", Layers=[layer["LayerVersionArn"]],
           Code={"ZipFile": pack({"app.py": "import tool\ndef handler(e, c):\n    return tool.VALUE\n"})})
    equal(lambda_.get_function_configuration(FunctionName="layered")["Layers"][0]["Arn"], layer["LayerVersionArn"])
    equal(call(lambda_, "layered")[1], "from layer")
    holds(lambda_.get_layer_version(LayerName="tools", VersionNumber=1), Version=1)
    holds(lambda_.get_layer_version_by_arn(Arn=layer["LayerVersionArn"]), Version=1)
    equal([entry["LatestMatchingVersion"]["Version"] for entry in lambda_.list_layers()["Layers"] if entry["LayerName"] == "tools"], [1])
    equal([v["Version"] for v in lambda_.list_layer_versions(LayerName="tools")["LayerVersions"]], [1])
    lambda_.add_layer_version_permission(
        LayerName="tools", VersionNumber=1, StatementId="all", Action="lambda:GetLayerVersion", Principal="*")
    assert "lambda:GetLayerVersion" in lambda_.get_layer_version_policy(LayerName="tools", VersionNumber=1)["Policy"]
    lambda_.remove_layer_version_permission(LayerName="tools", VersionNumber=1, StatementId="all")
    lambda_.delete_layer_version(LayerName="tools", VersionNumber=1)
    with refused("ResourceNotFoundException", 404):
        lambda_.get_layer_version(LayerName="tools", VersionNumber=1)
    equal(call(lambda_, "layered")[1], "from layer")
    lambda_.delete_function(FunctionName="layered")


def test_permissions(server):
    lambda_ = server.client("lambda")
    create(server, "permitted")
    with refused("ResourceNotFoundException", 404):
        lambda_.get_policy(FunctionName="permitted")
    added = lambda_.add_permission(
        FunctionName="permitted", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::bucket", SourceAccount="123456789012")
    statement = json.loads(added["Statement"])
    holds(statement, Sid="s3", Effect="Allow", Principal={"Service": "s3.amazonaws.com"}, Action="lambda:InvokeFunction")
    equal(statement["Condition"], {"StringEquals": {"AWS:SourceAccount": "123456789012"}, "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"}})
    policy = json.loads(lambda_.get_policy(FunctionName="permitted")["Policy"])
    equal(policy["Statement"], [statement])
    with refused("ResourceConflictException", 409):
        lambda_.add_permission(FunctionName="permitted", StatementId="s3", Action="lambda:InvokeFunction", Principal="s3.amazonaws.com")
    lambda_.remove_permission(FunctionName="permitted", StatementId="s3")
    with refused("ResourceNotFoundException", 404):
        lambda_.remove_permission(FunctionName="permitted", StatementId="s3")
    lambda_.delete_function(FunctionName="permitted")


def test_reserved_concurrency(server):
    lambda_ = server.client("lambda")
    create(server, "reserved")
    assert "ReservedConcurrentExecutions" not in lambda_.get_function_concurrency(FunctionName="reserved")
    equal(lambda_.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=0)["ReservedConcurrentExecutions"], 0)
    equal(lambda_.get_function_concurrency(FunctionName="reserved")["ReservedConcurrentExecutions"], 0)
    with refused("TooManyRequestsException", 429):
        lambda_.invoke(FunctionName="reserved")
    equal(lambda_.get_function(FunctionName="reserved")["Concurrency"], {"ReservedConcurrentExecutions": 0})
    lambda_.delete_function_concurrency(FunctionName="reserved")
    equal(call(lambda_, "reserved", 1)[1]["event"], 1)
    with refused("InvalidParameterValueException", 400):
        lambda_.put_function_concurrency(FunctionName="reserved", ReservedConcurrentExecutions=1_000_000)
    lambda_.delete_function(FunctionName="reserved")


def test_event_invoke_configuration(server):
    lambda_ = server.client("lambda")
    create(server, "asynchronous")
    with refused("ResourceNotFoundException", 404):
        lambda_.get_function_event_invoke_config(FunctionName="asynchronous")
    lambda_.put_function_event_invoke_config(FunctionName="asynchronous", MaximumRetryAttempts=1, MaximumEventAgeInSeconds=120)
    holds(lambda_.get_function_event_invoke_config(FunctionName="asynchronous"), MaximumRetryAttempts=1, MaximumEventAgeInSeconds=120)
    lambda_.update_function_event_invoke_config(FunctionName="asynchronous", MaximumRetryAttempts=0)
    holds(lambda_.get_function_event_invoke_config(FunctionName="asynchronous"), MaximumRetryAttempts=0, MaximumEventAgeInSeconds=120)
    equal(len(lambda_.list_function_event_invoke_configs(FunctionName="asynchronous")["FunctionEventInvokeConfigs"]), 1)
    lambda_.delete_function_event_invoke_config(FunctionName="asynchronous")
    lambda_.delete_function(FunctionName="asynchronous")


def test_tags(server):
    lambda_ = server.client("lambda")
    arn = create(server, "tagged", Tags={"a": "1"})["FunctionArn"]
    lambda_.tag_resource(Resource=arn, Tags={"b": "2", "c": "ü"})
    lambda_.untag_resource(Resource=arn, TagKeys=["a"])
    equal(lambda_.list_tags(Resource=arn)["Tags"], {"b": "2", "c": "ü"})
    lambda_.delete_function(FunctionName="tagged")


def test_what_terraform_reads_beside(server):
    lambda_ = server.client("lambda")
    create(server, "beside")
    answer = lambda_.get_function_code_signing_config(FunctionName="beside")
    holds(answer, FunctionName="beside")
    holds(lambda_.get_runtime_management_config(FunctionName="beside"), UpdateRuntimeOn="Auto")
    equal(lambda_.get_function_recursion_config(FunctionName="beside")["RecursiveLoop"], "Terminate")
    account = lambda_.get_account_settings()
    assert account["AccountLimit"]["ConcurrentExecutions"] > 0 and account["AccountUsage"]["FunctionCount"] >= 1, account
    lambda_.delete_function(FunctionName="beside")


def test_pages_of_functions(server):
    lambda_ = server.client("lambda")
    names = [f"page-{n:02d}" for n in range(7)]
    for name in names:
        create(server, name)
    pages = list(lambda_.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 3}))
    assert len(pages) >= 3 and all(len(page["Functions"]) <= 3 for page in pages)
    listed = [f["FunctionName"] for page in pages for f in page["Functions"]]
    equal([name for name in listed if name.startswith("page-")], names)
    for name in names:
        lambda_.delete_function(FunctionName=name)


def test_bad_input_is_refused_as_aws_refuses_it(server):
    lambda_ = server.client("lambda", parameter_validation=False)
    with refused("ValidationException", 400, "1 validation error detected: Value"):
        create(server, "bad", Timeout=0)
    with refused("InvalidParameterValueException", 400):
        create(server, "bad", Code={"ZipFile": b"this is no archive"})
    with refused("InvalidParameterValueException", 400):
        create(server, "bad", Environment={"Variables": {"AWS_REGION": "x"}})
    with refused("InvalidParameterValueException", 400):
        create(server, "bad", Environment={"Variables": {"BIG": "y" * 5000}})
    with refused("ValidationException", 400):
        create(server, "no spaces allowed")
    assert "bad" not in [f["FunctionName"] for f in lambda_.list_functions()["Functions"]]


def test_a_payload_that_is_no_json_is_for_the_runtime_to_refuse(server):
    lambda_ = server.client("lambda")
    create(server, "payload")
    answer = lambda_.invoke(FunctionName="payload", Payload=b"{")
    equal(answer.get("FunctionError"), "Unhandled")
    holds(json.loads(answer["Payload"].read()), errorType="Runtime.UnmarshalError")
    lambda_.delete_function(FunctionName="payload")


def test_presigned_requests(server):
    import urllib.error
    import urllib.request
    lambda_ = server.client("lambda")
    create(server, "presigned")
    url = server.client("sts").generate_presigned_url("get_caller_identity", HttpMethod="GET")
    try:
        with urllib.request.urlopen(url) as answer:
            assert b"<Account>" in answer.read()
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{error.code}: {error.read()}") from None
    try:
        urllib.request.urlopen(url.replace("X-Amz-Signature=", "X-Amz-Signature=0"))
        raise AssertionError("a changed signature was taken")
    except urllib.error.HTTPError as error:
        equal(error.code, 403)
    lambda_.delete_function(FunctionName="presigned")


def test_warm_functions_keep_their_memory(server):
    lambda_ = server.client("lambda")
    source = "count = 0\ndef handler(e, c):\n    global count\n    count += 1\n    return count\n"
    create(server, "warm", Code={"ZipFile": pack({"app.py": source})})
    counts = [call(lambda_, "warm")[1] for _ in range(5)]
    equal(counts, [1, 2, 3, 4, 5])
    lambda_.delete_function(FunctionName="warm")


def test_unknown_operations_are_refused_not_failed(server):
    with refused("UnknownOperationException"):
        server.client("lambda").list_code_signing_configs()
