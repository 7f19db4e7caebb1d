"""EventBridge Scheduler through boto3."""

import datetime
import json

from expect import equal, holds, refused

TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]})
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:later"
OFF = {"Mode": "OFF"}


def target(server, **more):
    iam = server.client("iam")
    try:
        role = iam.create_role(RoleName="for-schedules", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    except iam.exceptions.EntityAlreadyExistsException:
        role = iam.get_role(RoleName="for-schedules")["Role"]["Arn"]
    return {"Arn": FUNCTION, "RoleArn": role, **more}


def test_schedules(server):
    scheduler = server.client("scheduler")
    given = dict(
        Name="first", ScheduleExpression="cron(0 9 ? * MON-FRI *)", ScheduleExpressionTimezone="Europe/Paris",
        Description="what it is for", FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        ActionAfterCompletion="DELETE", State="DISABLED",
        StartDate=datetime.datetime(2050, 1, 1, tzinfo=datetime.timezone.utc),
        EndDate=datetime.datetime(2060, 1, 1, tzinfo=datetime.timezone.utc))
    wanted = target(
        server, Input='{"a": 1}', RetryPolicy={"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600},
        DeadLetterConfig={"Arn": "arn:aws:sqs:us-east-1:000000000000:dead"})
    arn = scheduler.create_schedule(Target=wanted, ClientToken="t-1", **given)["ScheduleArn"]
    equal(arn, "arn:aws:scheduler:us-east-1:000000000000:schedule/default/first")
    found = scheduler.get_schedule(Name="first")
    holds(found, Arn=arn, GroupName="default", Target=wanted, **given)
    # The same request again, as a client sends it that has lost the answer.
    equal(scheduler.create_schedule(Target=wanted, ClientToken="t-1", **given)["ScheduleArn"], arn)
    with refused("ConflictException", 409, contains="Schedule first already exists."):
        scheduler.create_schedule(Target=wanted, **given)
    equal(scheduler.update_schedule(
        Name="first", ScheduleExpression="rate(2 hours)", FlexibleTimeWindow=OFF, Target=target(server))["ScheduleArn"], arn)
    changed = scheduler.get_schedule(Name="first")
    holds(changed, ScheduleExpression="rate(2 hours)", FlexibleTimeWindow=OFF, State="ENABLED", ActionAfterCompletion="NONE",
          ScheduleExpressionTimezone="UTC", CreationDate=found["CreationDate"])
    assert changed["LastModificationDate"] > found["LastModificationDate"], changed
    assert not {"Description", "StartDate", "EndDate"} & changed.keys() and "Input" not in changed["Target"], changed
    equal(changed["Target"]["RetryPolicy"], {"MaximumRetryAttempts": 185, "MaximumEventAgeInSeconds": 86400})
    scheduler.delete_schedule(Name="first")
    for missing in (scheduler.get_schedule, scheduler.delete_schedule):
        with refused("ResourceNotFoundException", 404, contains="Schedule first does not exist."):
            missing(Name="first")


def test_lists(server):
    scheduler, wanted = server.client("scheduler"), target(server)
    scheduler.create_schedule_group(Name="lists")
    for number in range(7):
        scheduler.create_schedule(
            Name=f"l-{number}", GroupName="lists", ScheduleExpression="at(2099-01-01T00:00:00)", FlexibleTimeWindow=OFF,
            Target=wanted, State="DISABLED" if number % 2 else "ENABLED")
    pages = list(scheduler.get_paginator("list_schedules").paginate(GroupName="lists", PaginationConfig={"PageSize": 3}))
    equal([s["Name"] for page in pages for s in page["Schedules"]], [f"l-{n}" for n in range(7)])
    assert len(pages) == 3, len(pages)
    entry = pages[0]["Schedules"][0]
    holds(entry, GroupName="lists", State="ENABLED", Target={"Arn": FUNCTION})
    off = scheduler.list_schedules(GroupName="lists", State="DISABLED")["Schedules"]
    equal([s["Name"] for s in off], ["l-1", "l-3", "l-5"])
    equal([s["Name"] for s in scheduler.list_schedules(NamePrefix="l-6")["Schedules"]], ["l-6"])
    with refused("ResourceNotFoundException", 404, contains="Schedule group absent does not exist."):
        scheduler.list_schedules(GroupName="absent")
    with refused("ValidationException", 400):
        scheduler.list_schedules(NextToken="!")
    scheduler.delete_schedule_group(Name="lists")
    equal(scheduler.list_schedules(NamePrefix="l-")["Schedules"], [])


def test_groups_and_tags(server):
    scheduler = server.client("scheduler")
    arn = scheduler.create_schedule_group(Name="team.a", Tags=[{"Key": "owner", "Value": "a"}])["ScheduleGroupArn"]
    equal(arn, "arn:aws:scheduler:us-east-1:000000000000:schedule-group/team.a")
    holds(scheduler.get_schedule_group(Name="team.a"), Arn=arn, State="ACTIVE", Name="team.a")
    holds(scheduler.get_schedule_group(Name="default"), State="ACTIVE")
    with refused("ConflictException", 409):
        scheduler.create_schedule_group(Name="team.a")
    equal([g["Name"] for g in scheduler.list_schedule_groups(NamePrefix="team")["ScheduleGroups"]], ["team.a"])
    scheduler.tag_resource(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "1"}])
    equal(scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "cost", "Value": "1"}, {"Key": "owner", "Value": "a"}])
    scheduler.untag_resource(ResourceArn=arn, TagKeys=["cost"])
    equal(scheduler.list_tags_for_resource(ResourceArn=arn)["Tags"], [{"Key": "owner", "Value": "a"}])
    scheduler.delete_schedule_group(Name="team.a")
    for missing in (scheduler.get_schedule_group, scheduler.delete_schedule_group):
        with refused("ResourceNotFoundException", 404, contains="Schedule group team.a does not exist."):
            missing(Name="team.a")
    with refused("ResourceNotFoundException", 404):
        scheduler.list_tags_for_resource(ResourceArn=arn)
    with refused("ValidationException", 400):
        scheduler.delete_schedule_group(Name="default")


def test_what_is_refused(server):
    scheduler, wanted = server.client("scheduler"), target(server)
    now = datetime.datetime.now(datetime.timezone.utc)
    cases = [
        (dict(ScheduleExpression="rate(5 minute)"), "Invalid Schedule Expression rate(5 minute)."),
        (dict(ScheduleExpression="cron(0 1 * * * *)"), "Invalid Schedule Expression cron(0 1 * * * *)."),
        (dict(ScheduleExpression="at(2021-12-31)"), "Invalid Schedule Expression at(2021-12-31)."),
        (dict(ScheduleExpressionTimezone="Mars/Base"), "Mars/Base"),
        (dict(ScheduleExpressionTimezone="../../etc/passwd"), "is no name of a time zone"),
        (dict(FlexibleTimeWindow={"Mode": "FLEXIBLE"}), "MaximumWindowInMinutes"),
        (dict(StartDate=now - datetime.timedelta(minutes=10)), "The StartDate you specify cannot be earlier than 5 minutes ago."),
        (dict(EndDate=now - datetime.timedelta(minutes=10)), "The EndDate you specify"),
        (dict(Target={**wanted, "Arn": "nothing"}), "Provided Arn is not in correct format."),
        (dict(Target={**wanted, "Arn": "arn:aws:kinesis:us-east-1:000000000000:stream/s"}), "not served here yet"),
        (dict(Target={**wanted, "Arn": "arn:aws:scheduler:::aws-sdk:sqs:receiveMessage"}), "not served here yet"),
        (dict(Target={**wanted, "Input": "{"}), "well-formed JSON"),
        (dict(Target={**wanted, "SqsParameters": {"MessageGroupId": "a"}}), "SqsParameters"),
        (dict(Target={**wanted, "RoleArn": server.role}), "must allow AWS EventBridge Scheduler to assume the role."),
    ]
    for change, words in cases:
        given = {"ScheduleExpression": "rate(5 minutes)", "FlexibleTimeWindow": OFF, "Target": wanted, **change}
        with refused("ValidationException", 400, contains=words):
            scheduler.create_schedule(Name="refused", **given)
    with refused("ResourceNotFoundException", 404, contains="Schedule group absent does not exist."):
        scheduler.create_schedule(
            Name="refused", GroupName="absent", ScheduleExpression="rate(5 minutes)", FlexibleTimeWindow=OFF, Target=wanted)
    with refused("ResourceNotFoundException", 404):
        scheduler.update_schedule(Name="refused", ScheduleExpression="rate(5 minutes)", FlexibleTimeWindow=OFF, Target=wanted)


def test_passing_a_role_must_be_allowed(server):
    iam, wanted = server.client("iam"), target(server)
    iam.create_user(UserName="planner")
    allow = {"Effect": "Allow", "Action": "scheduler:*", "Resource": "*"}
    iam.put_user_policy(UserName="planner", PolicyName="own", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allow]}))
    key = iam.create_access_key(UserName="planner")["AccessKey"]
    import boto3
    planner = boto3.client(
        "scheduler", endpoint_url=server.environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    given = dict(Name="passed", ScheduleExpression="at(2099-01-01T00:00:00)", FlexibleTimeWindow=OFF, Target=wanted)
    with refused("AccessDeniedException", 403, contains="iam:PassRole"):
        planner.create_schedule(**given)
    passing = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": wanted["RoleArn"],
               "Condition": {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}}
    iam.put_user_policy(UserName="planner", PolicyName="own", PolicyDocument=json.dumps(
        {"Version": "2012-10-17", "Statement": [allow, passing]}))
    planner.create_schedule(**given)
    planner.delete_schedule(Name="passed")
