"""Conditions of policies through boto3: tags of what is acted on, the age of credentials, and who asks on whose behalf."""

import datetime
import json
import time

from boto3_identity import OWN_ACCOUNT, TRUST, signed_by
from expect import equal, refused
import packages

TEAM = {"team": "blue"}
PASS = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}})


def pairs(tags, key="Key", value="Value"):
    return [{key: name, value: text} for name, text in tags.items()]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def own_team(action, effect="Allow", operator="StringEquals"):
    """A statement about what has the team of who asks."""
    return {"Effect": effect, "Action": action, "Resource": "*",
            "Condition": {operator: {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}


class Member:
    """A user who is of team blue, and may do what statements say."""

    def __init__(self, server, name, *statements, **tags):
        self.server, self.iam, self.name = server, server.client("iam"), name
        self.iam.create_user(UserName=name, Tags=pairs(tags or TEAM))
        self.key = self.iam.create_access_key(UserName=name)["AccessKey"]
        self.may(*statements)

    def may(self, *statements):
        self.iam.put_user_policy(UserName=self.name, PolicyName="own", PolicyDocument=policy(*statements))

    def client(self, service):
        return signed_by(self.server, service, self.key)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.iam.delete_user_policy(UserName=self.name, PolicyName="own")
        self.iam.delete_access_key(UserName=self.name, AccessKeyId=self.key["AccessKeyId"])
        self.iam.delete_user(UserName=self.name)


def test_tags_decide_about_functions(server):
    functions = server.client("lambda")
    role = "arn:aws:iam::000000000000:role/none"
    for name in ("of-blue", "of-red"):
        functions.create_function(
            FunctionName=name, Runtime="python3.11", Role=role, Handler="function.handler",
            Code={"ZipFile": packages.pack({"function.py": "def handler(event, context): return event\n"})}, Tags={"Team": name[3:]})
    with Member(server, "of-team", own_team("lambda:*")) as member:
        client = member.client("lambda")
        equal(client.invoke(FunctionName="of-blue", Payload=b"1")["Payload"].read(), b"1")
        client.get_function(FunctionName="of-blue")
        for call in (client.get_function, client.invoke, client.delete_function):
            with refused("AccessDeniedException", 403, "no identity-based policy allows"):
                call(FunctionName="of-red")
        # What is not there has no tags, and a change of tags counts for the next request.
        with refused("AccessDeniedException", 403):
            client.get_function(FunctionName="of-nobody")
        arn = functions.get_function(FunctionName="of-red")["Configuration"]["FunctionArn"]
        functions.tag_resource(Resource=arn, Tags={"Team": "blue"})
        equal(client.invoke(FunctionName="of-red", Payload=b"2")["Payload"].read(), b"2")
        functions.untag_resource(Resource=arn, TagKeys=["Team"])
        with refused("AccessDeniedException", 403):
            client.invoke(FunctionName="of-red")
        # A denial by a tag hides what another statement allows, and the answer names it as a denial.
        member.may(
            {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}, own_team("lambda:Invoke*", "Deny", "StringNotEquals"))
        client.invoke(FunctionName="of-blue", Payload=b"3")
        with refused("AccessDeniedException", 403, "explicit deny"):
            client.invoke(FunctionName="of-red")
    for name in ("of-blue", "of-red"):
        functions.delete_function(FunctionName=name)


def tagged_things(server):
    """Something of each service that can have tags: what reads it, what tags it, and what removes it."""
    role = server.client("iam").create_role(RoleName="conditional", AssumeRolePolicyDocument=TRUST.replace("lambda", "states"))["Role"]["Arn"]
    sqs, sns, events = server.client("sqs"), server.client("sns"), server.client("events")
    states, scheduler, logs = server.client("stepfunctions"), server.client("scheduler"), server.client("logs")
    queue = sqs.create_queue(QueueName="conditional")["QueueUrl"]
    topic = sns.create_topic(Name="conditional")["TopicArn"]
    bus = events.create_event_bus(Name="conditional")["EventBusArn"]
    rule = events.put_rule(Name="conditional", EventBusName="conditional", EventPattern='{"source":["a"]}')["RuleArn"]
    machine = states.create_state_machine(name="conditional", definition=PASS, roleArn=role)["stateMachineArn"]
    activity = states.create_activity(name="conditional")["activityArn"]
    group = scheduler.create_schedule_group(Name="conditional")["ScheduleGroupArn"]
    logs.create_log_group(logGroupName="conditional")
    small = {"key": "key", "value": "value"}
    return [
        ("sqs", lambda c: c.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"]),
         lambda: sqs.tag_queue(QueueUrl=queue, Tags=TEAM), lambda: sqs.delete_queue(QueueUrl=queue)),
        ("sns", lambda c: c.publish(TopicArn=topic, Message="m"),
         lambda: sns.tag_resource(ResourceArn=topic, Tags=pairs(TEAM)), lambda: sns.delete_topic(TopicArn=topic)),
        ("events", lambda c: c.describe_rule(Name="conditional", EventBusName="conditional"),
         lambda: events.tag_resource(ResourceARN=rule, Tags=pairs(TEAM)),
         lambda: events.delete_rule(Name="conditional", EventBusName="conditional")),
        ("events", lambda c: c.put_events(Entries=[{"Source": "a", "DetailType": "b", "Detail": "{}", "EventBusName": "conditional"}]),
         lambda: events.tag_resource(ResourceARN=bus, Tags=pairs(TEAM)), lambda: events.delete_event_bus(Name="conditional")),
        ("stepfunctions", lambda c: c.start_execution(stateMachineArn=machine),
         lambda: states.tag_resource(resourceArn=machine, tags=pairs(TEAM, **small)),
         lambda: states.delete_state_machine(stateMachineArn=machine)),
        ("stepfunctions", lambda c: c.describe_activity(activityArn=activity),
         lambda: states.tag_resource(resourceArn=activity, tags=pairs(TEAM, **small)),
         lambda: states.delete_activity(activityArn=activity)),
        ("scheduler", lambda c: c.get_schedule_group(Name="conditional"),
         lambda: scheduler.tag_resource(ResourceArn=group, Tags=pairs(TEAM)),
         lambda: scheduler.delete_schedule_group(Name="conditional")),
        ("logs", lambda c: c.describe_log_streams(logGroupName="conditional"),
         lambda: logs.tag_log_group(logGroupName="conditional", tags=TEAM), lambda: logs.delete_log_group(logGroupName="conditional")),
        ("iam", lambda c: c.get_role(RoleName="conditional"),
         lambda: server.client("iam").tag_role(RoleName="conditional", Tags=pairs(TEAM)),
         lambda: server.client("iam").delete_role(RoleName="conditional")),
    ]


def test_tags_decide_about_everything_that_has_some(server):
    from botocore.exceptions import ClientError
    things = tagged_things(server)
    with Member(server, "member", own_team("*")) as member:
        for service, read, tag, _ in things:
            try:
                read(member.client(service))
                raise AssertionError(f"{service}: was let through without the tag")
            except ClientError as error:
                equal(error.response["ResponseMetadata"]["HTTPStatusCode"] // 100, 4)
                assert "is not authorized to perform" in error.response["Error"]["Message"], error
            tag()
            read(member.client(service))
    for *_, remove in things:
        remove()


def test_a_denial_by_tag_of_iam(server):
    iam = server.client("iam")
    iam.create_role(RoleName="guarded", AssumeRolePolicyDocument=TRUST, Tags=pairs({"keep": "yes"}))
    keep = {"Effect": "Deny", "Action": "iam:DeleteRole", "Resource": "*", "Condition": {"StringEquals": {"iam:ResourceTag/keep": "yes"}}}
    with Member(server, "guard", {"Effect": "Allow", "Action": "iam:*", "Resource": "*"}, keep) as member:
        with refused("AccessDenied", 403, "explicit deny"):
            member.client("iam").delete_role(RoleName="guarded")
        iam.untag_role(RoleName="guarded", TagKeys=["keep"])
        member.client("iam").delete_role(RoleName="guarded")


def test_sessions_made_before_a_moment_can_be_revoked(server):
    iam, sts = server.client("iam"), server.client("sts")
    arn = iam.create_role(RoleName="revoked", AssumeRolePolicyDocument=OWN_ACCOUNT)["Role"]["Arn"]

    def may(*statements):
        allow = {"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"}
        iam.put_role_policy(RoleName="revoked", PolicyName="own", PolicyDocument=policy(allow, *statements))

    may()
    old = signed_by(server, "lambda", sts.assume_role(RoleArn=arn, RoleSessionName="old")["Credentials"])
    old.list_functions()
    moment = datetime.datetime.now(datetime.timezone.utc)
    while datetime.datetime.now(datetime.timezone.utc) <= moment:  # Two moments are told apart.
        time.sleep(0.001)
    time.sleep(0.002)
    until = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    young = signed_by(server, "lambda", sts.assume_role(RoleArn=arn, RoleSessionName="young")["Credentials"])
    # What AWS's console writes when it revokes a role's sessions.
    may({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": until}}})
    with refused("AccessDeniedException", 403, "explicit deny"):
        old.list_functions()
    young.list_functions()
    # Nobody has a second factor: temporary credentials say so, lasting keys do not say anything.
    no_factor = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    may(no_factor)
    with refused("AccessDeniedException", 403, "explicit deny"):
        young.list_functions()
    with Member(server, "lasting", {"Effect": "Allow", "Action": "lambda:ListFunctions", "Resource": "*"}, no_factor) as member:
        member.client("lambda").list_functions()
    iam.delete_role_policy(RoleName="revoked", PolicyName="own")
    iam.delete_role(RoleName="revoked")


def test_targets_of_rules_can_be_held_to_some(server):
    events = server.client("events")
    events.put_rule(Name="aimed", EventPattern='{"source":["a"]}')
    queue = "arn:aws:sqs:us-east-1:000000000000:"
    only = {"Effect": "Allow", "Action": "events:PutTargets", "Resource": "*",
            "Condition": {"ForAllValues:ArnLike": {"events:TargetArn": queue + "good-*"}}}
    with Member(server, "aimer", only) as member:
        member.client("events").put_targets(Rule="aimed", Targets=[{"Id": "1", "Arn": queue + "good-one"}])
        with refused("AccessDeniedException", 403):
            member.client("events").put_targets(
                Rule="aimed", Targets=[{"Id": "2", "Arn": queue + "good-two"}, {"Id": "3", "Arn": queue + "bad"}])
    events.remove_targets(Rule="aimed", Ids=["1"])
    events.delete_rule(Name="aimed")
