"""A function that keeps what it was called with where an answer says that it is durable.

Lines that a function prints are written in the background; what it puts into a log group is committed when the answer comes.
"""

STREAM = "ran"
SOURCE = '''
import http.client, json, os, time
def handler(event, context):
    %(before)s
    body = json.dumps({"logGroupName": "%(group)s", "logStreamName": "ran",
        "logEvents": [{"timestamp": int(time.time() * 1000), "message": %(message)s}]})
    door = http.client.HTTPConnection("127.0.0.1", 9001, timeout=50)
    door.request("POST", "/", body, {"Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": "Logs_20140328.PutLogEvents", "Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/"
        + os.environ["AWS_REGION"] + "/logs/aws4_request, SignedHeaders=host, Signature=0"})
    answer = door.getresponse()
    said = answer.read().decode()
    if answer.status != 200: raise Exception(said)
    %(after)s
'''


def create(client, name, group, role="writes", message="json.dumps(event)", before="pass", after="pass", **settings):
    """Makes the function, its role and its log group; `message` is an expression, `before` and `after` are statements."""
    arn = client.role(role, "logs:PutLogEvents")
    source = SOURCE % {"group": group, "message": message, "before": before, "after": after}
    client.create(name, {"function.py": source}, **{"Timeout": 60, "MemorySize": 512, "Role": arn, **settings})
    client.logs("CreateLogGroup", logGroupName=group)
    client.logs("CreateLogStream", logGroupName=group, logStreamName=STREAM)
