"""IAM and STS through boto3."""

import json
import os
import subprocess
import tempfile

from expect import equal, holds, refused
from server import PROGRAM
import tokens

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
OWN_ACCOUNT = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"}]})
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def test_caller_identity(server):
    who = server.client("sts").get_caller_identity()
    assert len(who["Account"]) == 12 and who["Arn"].startswith("arn:aws:iam::" + who["Account"]), who
    assert who["UserId"], who


def signed_by(server, service, credentials):
    """A client of a service that signs with temporary credentials, or with an access key of a user."""
    import boto3
    return boto3.client(
        service, endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name=server.environment["AWS_REGION"],
        aws_access_key_id=credentials["AccessKeyId"], aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"))


def allow(*actions, resource="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource, **more}]})


def test_assumed_roles_sign_requests(server):
    iam, sts = server.client("iam"), server.client("sts")
    role = iam.create_role(RoleName="assumed", AssumeRolePolicyDocument=OWN_ACCOUNT)["Role"]
    given = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="session", DurationSeconds=900)
    assert given["AssumedRoleUser"]["Arn"].endswith(":assumed-role/assumed/session"), given
    session = signed_by(server, "sts", given["Credentials"])
    equal(session.get_caller_identity()["Arn"], given["AssumedRoleUser"]["Arn"])
    roles = signed_by(server, "iam", given["Credentials"])
    with refused("AccessDenied", 403):
        roles.get_role(RoleName="assumed")
    iam.put_role_policy(RoleName="assumed", PolicyName="read", PolicyDocument=allow("iam:GetRole"))
    roles.get_role(RoleName="assumed")
    limited = sts.assume_role(RoleArn=role["Arn"], RoleSessionName="limited", Policy=allow("sts:GetCallerIdentity"))
    with refused("AccessDenied", 403):
        signed_by(server, "iam", limited["Credentials"]).get_role(RoleName="assumed")
    iam.delete_role_policy(RoleName="assumed", PolicyName="read")
    iam.delete_role(RoleName="assumed")


def test_roles_are_assumed_by_whom_they_trust(server):
    iam = server.client("iam")
    arn = iam.create_role(RoleName="trusting", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    with refused("AccessDenied", 403):
        server.client("sts").assume_role(RoleArn=arn, RoleSessionName="session")
    iam.delete_role(RoleName="trusting")


def test_users_may_what_their_policies_say(server):
    iam = server.client("iam")
    iam.create_user(UserName="worker")
    key = iam.create_access_key(UserName="worker")["AccessKey"]
    functions = signed_by(server, "lambda", key)
    with refused("AccessDeniedException", 403):
        functions.list_functions()
    iam.attach_user_policy(UserName="worker", PolicyArn="arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess")
    functions.list_functions()
    with refused("AccessDeniedException", 403):
        functions.delete_function(FunctionName="none")
    iam.put_user_policy(UserName="worker", PolicyName="deny", PolicyDocument=allow("lambda:ListFunctions").replace("Allow", "Deny"))
    with refused("AccessDeniedException", 403):
        functions.list_functions()
    iam.delete_user_policy(UserName="worker", PolicyName="deny")
    iam.detach_user_policy(UserName="worker", PolicyArn="arn:aws:iam::aws:policy/AWSLambda_ReadOnlyAccess")
    iam.delete_access_key(UserName="worker", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="worker")


def test_the_simulator_says_what_policies_would(server):
    iam = server.client("iam")
    user = iam.create_user(UserName="simulated")["User"]["Arn"]
    only_from_home = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    iam.put_user_policy(UserName="simulated", PolicyName="own", PolicyDocument=allow("lambda:*", Condition=only_from_home))
    ask = {"PolicySourceArn": user, "ActionNames": ["lambda:ListFunctions", "iam:GetUser"]}
    listing, reading = iam.simulate_principal_policy(**ask)["EvaluationResults"]
    holds(listing, EvalActionName="lambda:ListFunctions", EvalResourceName="*", EvalDecision="implicitDeny",
          MatchedStatements=[], MissingContextValues=["aws:SourceIp"])
    holds(reading, EvalDecision="implicitDeny", MissingContextValues=[])
    home = [{"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["10.1.2.3"], "ContextKeyType": "ip"}]
    listing = iam.simulate_principal_policy(**ask, ContextEntries=home)["EvaluationResults"][0]
    holds(listing, EvalDecision="allowed", MissingContextValues=[])
    holds(listing["MatchedStatements"][0], SourcePolicyId="own", SourcePolicyType="user")
    deny = allow("lambda:*").replace("Allow", "Deny")
    denied = iam.simulate_principal_policy(**ask, ContextEntries=home, PolicyInputList=[deny])["EvaluationResults"][0]
    holds(denied, EvalDecision="explicitDeny")
    equal([s["SourcePolicyId"] for s in denied["MatchedStatements"]], ["PolicyInputList.1"])
    bounded = iam.simulate_principal_policy(
        **ask, ContextEntries=home, PermissionsBoundaryPolicyInputList=[allow("s3:*")])["EvaluationResults"][0]
    holds(bounded, EvalDecision="implicitDeny", PermissionsBoundaryDecisionDetail={"AllowedByPermissionsBoundary": False})
    bucket = "arn:aws:s3:::bucket/key"
    resource = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": user}, "Action": "s3:GetObject", "Resource": bucket}]})
    got = iam.simulate_custom_policy(
        PolicyInputList=[allow("s3:ListBucket")], ActionNames=["s3:GetObject"], ResourceArns=[bucket],
        ResourcePolicy=resource, CallerArn=user)["EvaluationResults"][0]
    holds(got, EvalDecision="allowed")
    holds(got["ResourceSpecificResults"][0], EvalResourceName=bucket, EvalResourceDecision="allowed")
    pages = iam.get_paginator("simulate_principal_policy").paginate(**ask, PaginationConfig={"PageSize": 1})
    equal([len(page["EvaluationResults"]) for page in pages], [1, 1])
    iam.delete_user_policy(UserName="simulated", PolicyName="own")
    iam.delete_user(UserName="simulated")


def test_tokens_of_a_provider_give_a_role(server):
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config
    iam = server.client("iam")
    url = "https://id.example.com/realm"
    arn = iam.create_open_id_connect_provider(Url=url, ClientIDList=["app"], ThumbprintList=["a" * 40])["OpenIDConnectProviderArn"]
    assert arn.endswith(":oidc-provider/id.example.com/realm"), arn
    holds(iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn), Url="id.example.com/realm", ClientIDList=["app"])
    assert arn in [p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]]
    named = {"OpenIDConnectProviderArn": arn}
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="other")
    iam.add_client_id_to_open_id_connect_provider(**named, ClientID="other")
    iam.update_open_id_connect_provider_thumbprint(**named, ThumbprintList=["b" * 40])
    iam.tag_open_id_connect_provider(**named, Tags=[{"Key": "team", "Value": "blue"}, {"Key": "old", "Value": "x"}])
    iam.untag_open_id_connect_provider(**named, TagKeys=["old"])
    equal(iam.list_open_id_connect_provider_tags(**named)["Tags"], [{"Key": "team", "Value": "blue"}])
    holds(iam.get_open_id_connect_provider(**named), ClientIDList=["app", "other"], ThumbprintList=["b" * 40])
    iam.remove_client_id_from_open_id_connect_provider(**named, ClientID="other")
    holds(iam.get_open_id_connect_provider(**named), ClientIDList=["app"])
    with refused("NoSuchEntity", 404):
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn + "/none", ClientID="other")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Federated": arn}, "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"id.example.com/realm:sub": "ada"}}}]})
    role = iam.create_role(RoleName="web", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="web", PolicyName="read", PolicyDocument=allow("iam:GetRole"))
    sts = boto3.client("sts", endpoint_url=server.environment["AWS_ENDPOINT_URL"],
                       region_name=server.environment["AWS_REGION"], config=Config(signature_version=UNSIGNED))

    def assume(text):
        return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="build", WebIdentityToken=text)

    with refused("InvalidIdentityToken", 400, "retrieve verification key"):
        assume(tokens.token(url, "ada", "app"))
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(tokens.key_set())
        file.flush()
        done = subprocess.run([PROGRAM, "identity-providers", "pin", arn, file.name],
                              env={**os.environ, **server.environment}, capture_output=True, text=True)
    equal((done.returncode, done.stdout), (0, "test\tRS256\n"))
    given = assume(tokens.token(url, "ada", "app"))
    holds(given, SubjectFromWebIdentityToken="ada", Provider=arn, Audience="app")
    signed_by(server, "iam", given["Credentials"]).get_role(RoleName="web")
    with refused("AccessDenied", 403, "Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(tokens.token(url, "eve", "app"))
    with refused("InvalidIdentityToken", 400):
        assume(tokens.token(url, "ada", "other"))
    with refused("InvalidIdentityToken", 400):
        assume(tokens.token(url, "ada", "app", algorithm="none"))
    with refused("ExpiredTokenException", 400):
        assume(tokens.token(url, "ada", "app", lasts=-600))
    with refused("InvalidIdentityToken", 400):
        assume(tokens.token(url, "ada", "app")[:-4] + "AAAA")
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    with refused("InvalidIdentityToken", 400):
        assume(tokens.token(url, "ada", "app"))
    iam.delete_role_policy(RoleName="web", PolicyName="read")
    iam.delete_role(RoleName="web")


def test_guests_may_what_their_host_and_their_policy_say(server):
    iam = server.client("iam")
    iam.create_user(UserName="host")
    key = iam.create_access_key(UserName="host")["AccessKey"]
    iam.put_user_policy(UserName="host", PolicyName="own", PolicyDocument=allow("sts:GetFederationToken", "lambda:*", "iam:*"))
    host = signed_by(server, "sts", key)
    given = host.get_federation_token(Name="guest", Policy=allow("lambda:ListFunctions", "iam:GetUser"))
    assert given["FederatedUser"]["Arn"].endswith(":federated-user/guest"), given
    signed_by(server, "lambda", given["Credentials"]).list_functions()
    with refused("AccessDeniedException", 403):
        signed_by(server, "lambda", given["Credentials"]).list_layers()
    with refused("AccessDenied", 403):
        signed_by(server, "iam", given["Credentials"]).get_user(UserName="host")
    bare = host.get_federation_token(Name="guest")["Credentials"]
    with refused("AccessDeniedException", 403):
        signed_by(server, "lambda", bare).list_functions()
    iam.delete_user_policy(UserName="host", PolicyName="own")
    iam.delete_access_key(UserName="host", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="host")


def test_session_tokens(server):
    given = server.client("sts").get_session_token(DurationSeconds=900)["Credentials"]
    assert given["SessionToken"] and given["AccessKeyId"] and given["SecretAccessKey"]


def test_roles(server):
    iam = server.client("iam")
    made = iam.create_role(
        RoleName="role-a", Path="/service/", AssumeRolePolicyDocument=TRUST, Description="d", MaxSessionDuration=7200,
        Tags=[{"Key": "team", "Value": "blue"}])["Role"]
    holds(made, RoleName="role-a", Path="/service/")
    assert made["Arn"].endswith(":role/service/role-a"), made
    got = iam.get_role(RoleName="role-a")["Role"]
    holds(got, Description="d", MaxSessionDuration=7200, Tags=[{"Key": "team", "Value": "blue"}], RoleId=made["RoleId"])
    equal(got["AssumeRolePolicyDocument"], json.loads(TRUST))
    with refused("EntityAlreadyExists", 409):
        iam.create_role(RoleName="role-a", AssumeRolePolicyDocument=TRUST)
    iam.update_role(RoleName="role-a", Description="e", MaxSessionDuration=3600)
    other = TRUST.replace("lambda.", "events.")
    iam.update_assume_role_policy(RoleName="role-a", PolicyDocument=other)
    got = iam.get_role(RoleName="role-a")["Role"]
    holds(got, Description="e", MaxSessionDuration=3600, AssumeRolePolicyDocument=json.loads(other))
    assert "role-a" in [r["RoleName"] for r in iam.list_roles(PathPrefix="/service/")["Roles"]]
    assert "role-a" not in [r["RoleName"] for r in iam.list_roles(PathPrefix="/other/")["Roles"]]
    equal(iam.list_instance_profiles_for_role(RoleName="role-a")["InstanceProfiles"], [])
    iam.delete_role(RoleName="role-a")
    with refused("NoSuchEntity", 404):
        iam.get_role(RoleName="role-a")
    with refused("MalformedPolicyDocument", 400):
        iam.create_role(RoleName="role-b", AssumeRolePolicyDocument="{")


def test_role_tags(server):
    iam = server.client("iam")
    iam.create_role(RoleName="role-t", AssumeRolePolicyDocument=TRUST)
    iam.tag_role(RoleName="role-t", Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    iam.untag_role(RoleName="role-t", TagKeys=["a"])
    equal(iam.list_role_tags(RoleName="role-t")["Tags"], [{"Key": "b", "Value": "2"}])
    iam.delete_role(RoleName="role-t")


def test_role_policies(server):
    iam = server.client("iam")
    iam.create_role(RoleName="role-p", AssumeRolePolicyDocument=TRUST)
    iam.put_role_policy(RoleName="role-p", PolicyName="inline", PolicyDocument=POLICY)
    equal(iam.get_role_policy(RoleName="role-p", PolicyName="inline")["PolicyDocument"], json.loads(POLICY))
    equal(iam.list_role_policies(RoleName="role-p")["PolicyNames"], ["inline"])
    iam.attach_role_policy(RoleName="role-p", PolicyArn=BASIC)
    equal([p["PolicyArn"] for p in iam.list_attached_role_policies(RoleName="role-p")["AttachedPolicies"]], [BASIC])
    with refused("DeleteConflict", 409):
        iam.delete_role(RoleName="role-p")
    with refused("NoSuchEntity", 404):
        iam.attach_role_policy(RoleName="role-p", PolicyArn="arn:aws:iam::aws:policy/NoSuchPolicyEver")
    iam.detach_role_policy(RoleName="role-p", PolicyArn=BASIC)
    iam.delete_role_policy(RoleName="role-p", PolicyName="inline")
    with refused("NoSuchEntity", 404):
        iam.get_role_policy(RoleName="role-p", PolicyName="inline")
    iam.delete_role(RoleName="role-p")


def test_policies_and_their_versions(server):
    iam = server.client("iam")
    arn = iam.create_policy(PolicyName="mine", PolicyDocument=POLICY, Description="d")["Policy"]["Arn"]
    holds(iam.get_policy(PolicyArn=arn)["Policy"], PolicyName="mine", DefaultVersionId="v1", AttachmentCount=0)
    equal(iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"], json.loads(POLICY))
    second = iam.create_policy_version(PolicyArn=arn, PolicyDocument=POLICY.replace("Get", "Put"), SetAsDefault=True)
    holds(second["PolicyVersion"], VersionId="v2", IsDefaultVersion=True)
    equal({v["VersionId"]: v["IsDefaultVersion"] for v in iam.list_policy_versions(PolicyArn=arn)["Versions"]}, {"v2": True, "v1": False})
    iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    assert arn in [p["Arn"] for p in iam.list_policies(Scope="Local")["Policies"]]
    iam.delete_policy(PolicyArn=arn)
    with refused("NoSuchEntity", 404):
        iam.get_policy(PolicyArn=arn)


def test_managed_policies_are_there(server):
    iam = server.client("iam")
    policy = iam.get_policy(PolicyArn=BASIC)["Policy"]
    document = iam.get_policy_version(PolicyArn=BASIC, VersionId=policy["DefaultVersionId"])["PolicyVersion"]["Document"]
    assert "logs:PutLogEvents" in json.dumps(document), document


def test_users_and_their_keys(server):
    iam = server.client("iam")
    iam.create_user(UserName="ada")
    key = iam.create_access_key(UserName="ada")["AccessKey"]
    equal([k["AccessKeyId"] for k in iam.list_access_keys(UserName="ada")["AccessKeyMetadata"]], [key["AccessKeyId"]])
    iam.put_user_policy(UserName="ada", PolicyName="p", PolicyDocument=POLICY)
    equal(iam.list_user_policies(UserName="ada")["PolicyNames"], ["p"])
    equal(iam.get_user_policy(UserName="ada", PolicyName="p")["PolicyDocument"], json.loads(POLICY))
    iam.attach_user_policy(UserName="ada", PolicyArn=BASIC)
    equal(len(iam.list_attached_user_policies(UserName="ada")["AttachedPolicies"]), 1)
    assert "ada" in [u["UserName"] for u in iam.list_users()["Users"]]
    iam.update_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    iam.delete_access_key(UserName="ada", AccessKeyId=key["AccessKeyId"])
    iam.detach_user_policy(UserName="ada", PolicyArn=BASIC)
    iam.delete_user_policy(UserName="ada", PolicyName="p")
    iam.delete_user(UserName="ada")
    with refused("NoSuchEntity", 404):
        iam.get_user(UserName="ada")


def test_unknown_operations_are_refused_not_failed(server):
    with refused("InvalidAction", 400):
        server.client("iam").generate_credential_report()


def test_a_wrong_secret_is_refused(server):
    import boto3
    wrong = boto3.client(
        "sts", endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name=server.environment["AWS_REGION"],
        aws_access_key_id=server.environment["AWS_ACCESS_KEY_ID"], aws_secret_access_key="x" * 40)
    with refused("SignatureDoesNotMatch", 403):
        wrong.get_caller_identity()


def test_an_unknown_key_is_refused(server):
    import boto3
    unknown = boto3.client(
        "lambda", endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name=server.environment["AWS_REGION"],
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE", aws_secret_access_key="x" * 40)
    with refused("UnrecognizedClientException", 403):
        unknown.list_functions()
