"""Functions and events on which Martlet's Python client must say what awslambdaric says."""


def result(expression, before="", **more):
    """A case whose handler returns the value of an expression."""
    return {"source": f"{before}\ndef handler(event, context):\n    return {expression}\n", **more}


def body(statements, before="", **more):
    """A case whose handler has these statements."""
    lines = "".join(f"    {line}\n" for line in statements.splitlines())
    return {"source": f"{before}\ndef handler(event, context):\n{lines}", **more}


RESULTS = {
    "an object": result("{'a': [1, 2.5, True, None, 'x'], 'b': {}, 'c': []}"),
    "nothing": result("None"),
    "the event": result("event", events=['{"a": "\\u00fc\\ud83d\\ude00", "n": 1.50, "e": 1e3, "big": 123456789012345678901234567890}']),
    "a string": result("'text'"),
    "bytes as they are": result("b'\\x00\\xff raw'"),
    "bytes inside": result("{'a': b'text', b'key': 1}"),
    "bytes inside that are not text": result("{'a': b'\\xff'}"),
    "non-ASCII text": result("{'ü': 'é😀\\u2028\\u2029\\x7f\\x00\\x1f\"\\\\/'}"),
    "non-ASCII text before python3.12": result(
        "{'ü': 'é😀\\u2028\\x7f\\x00\"\\\\/'}", env={"AWS_EXECUTION_ENV": "AWS_Lambda_python3.11"}),
    "keys that are no strings": result("{1: 1, 2.5: 2, True: 3, False: 4, None: 5, float('inf'): 6, 10**30: 7}"),
    "a key that cannot be one": result("{(1, 2): 1}"),
    "not-a-number and infinities": result("[float('nan'), float('inf'), float('-inf'), -0.0, 1e100, 1e-7]"),
    "a tuple": result("(1, (2, 3), [])"),
    "a named tuple": result("{'p': P(1, [2]), 'q': [P(3, P(4, None))]}", "import collections\nP = collections.namedtuple('P', 'x y')"),
    "an empty named tuple": result("[E()]", "import collections\nE = collections.namedtuple('E', '')"),
    "decimals": result("[D('1.50'), D('NaN'), D('-0'), D('1E+3'), {'x': D('12345678901234567890.1')}]", "from decimal import Decimal as D"),
    "enums": result("[I.A, S.B, {S.B: I.A}]", "import enum\nclass I(enum.IntEnum):\n    A = 7\nclass S(str, enum.Enum):\n    B = 'b'"),
    "subclasses": result(
        "[L([1]), M(a=1), T('t'), N(3), F(2.5)]",
        "class L(list): pass\nclass M(dict): pass\nclass T(str):\n    def __str__(self): return 'no'\n"
        "class N(int):\n    def __repr__(self): return 'no'\nclass F(float):\n    def __repr__(self): return 'no'"),
    "a set": result("{'a': {1}}"),
    "an object of a class": result("object()"),
    "a datetime": result("datetime.datetime(2020, 1, 1)", "import datetime"),
    "a plain enum": result("[C.A]", "import enum\nclass C(enum.Enum):\n    A = 1"),
    "a generator": result("(x for x in [1])"),
    "a circle": body("a = {}\na['a'] = [a]\nreturn a"),
    "a circle through a named tuple": body("a = []\na.append(P(a))\nreturn a", "import collections\nP = collections.namedtuple('P', 'x')"),
    "a large result": result("{'a': ['x' * 1000] * 5000}"),
    "text with many lines": result("'a\\nb\\r\\n\\tc'"),
}

ERRORS = {
    "an exception": body("raise Exception('boom')"),
    "an exception without a message": body("raise ValueError()"),
    "a KeyError": body("return event['missing']"),
    "a KeyError with a non-ASCII key": body("return event['ü\"']"),
    "an OSError": body("open('/nowhere/at/all')"),
    "a deep exception": {
        "source": "import lib.deep\ndef handler(event, context):\n    return outer(3)\n\n"
                  "def outer(n):\n    return outer(n - 1) if n else lib.deep.fall()\n",
        "files": {"lib/__init__.py": "", "lib/deep.py": "def fall():\n    x = [\n        1 / 0,\n    ]\n    return x\n"},
    },
    "an exception while handling another": body("try:\n    1 / 0\nexcept Exception as e:\n    raise RuntimeError('outer') from e"),
    "endless recursion": body("return handler(event, context)"),
    "a class of its own": body("raise E(1, 'two')", "class E(Exception):\n    def __str__(self):\n        return 'own ü\\nsecond line'"),
    "an exception with an empty text": body("raise E()", "class E(Exception):\n    def __str__(self):\n        return ''"),
    "a huge message": body("raise Exception('x' * 300000)"),
    "an exception raised by compiled text": body("exec('raise KeyError(1)')"),
    "a lambda": {"source": "handler = lambda event, context: event + 1\n"},
    "an exception group": body("raise ExceptionGroup('many', [ValueError(1), TypeError(2)])"),
    "a StopIteration": body("raise StopIteration('s')"),
    "an assertion": body("assert event == 1, 'not one'"),
    "an exception in the JSON log format": body("1 / 0", env={"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    "a handler without parameters": {"source": "def handler():\n    pass\n"},
    "a handler that is no function": {"source": "handler = 5\n"},
    "several invocations, some failing": body("return 10 / event", events=["1", "0", "2", "\"x\"", "5"]),
    "an exception whose text fails": body("raise E()", "class E(Exception):\n    def __str__(self):\n        raise ValueError('no')", crash=True),
    "an exit": body("import sys\nsys.exit(7)", crash=True),
    "an exit with a message": body("import sys\nsys.exit('bye')", crash=True),
    "an exit without clean-up": body("import os\nprint('last words', flush=True)\nos._exit(3)", crash=True),
    "an interrupt": body("raise KeyboardInterrupt()", crash=True),
}

LOADING = {
    "a module that is missing": {"handler": "nope.handler"},
    "a module that imports a missing one": {"source": "import surely_missing_module\n"},
    "a name that is missing in an imported module": {"source": "from os import surely_missing\n"},
    "a handler that is missing": {"source": "x = 1\n"},
    "a handler name without a dot": {"handler": "app"},
    "an empty handler name": {"handler": ""},
    "a handler in a package": {"handler": "a.b.c.handler", "files": {"a/__init__.py": "", "a/b/__init__.py": "", "a/b/c.py": "def handler(e, c):\n    return __name__\n"}},
    "a handler named by a path": {"handler": "a/b/c.handler", "files": {"a/b/c.py": "def handler(e, c):\n    return __name__\n"}},
    "a built-in module": {"handler": "time.sleep"},
    "a module of the standard library": {"handler": "string.capwords", "events": ['"a"']},
    "a syntax error": {"source": "def handler(event, context):\n    return (1,\n"},
    "a syntax error with a line": {"source": "x = 1\ndef handler(event context):\n    pass\n"},
    "an indentation error": {"source": "def handler(event, context):\nreturn 1\n"},
    "a module that raises": {"source": "def f():\n    raise ValueError('at import')\nf()\n"},
    "a module that raises an OSError": {"source": "open('/nowhere')\n"},
    "a module that exits": {"source": "import sys\nsys.exit(4)\n", "crash": True},
    "a module in the JSON log format": {"source": "1 / 0\n", "env": {"AWS_LAMBDA_LOG_FORMAT": "JSON"}},
    "text before an error at import": {"source": "print('loading')\nraise KeyError('k')\n"},
    "exit and quit are there": result("[str(exit), str(quit)]"),
}

CONTEXT = {
    "the context's text": result("repr(context)"),
    "the context's members": result(
        "[context.function_name, context.function_version, context.invoked_function_arn, context.memory_limit_in_mb, "
        "context.aws_request_id, context.log_group_name, context.log_stream_name, context.tenant_id, "
        "context.client_context, context.identity.cognito_identity_id, context.w3c(), type(context).__name__, "
        "isinstance(context.get_remaining_time_in_millis(), int), context.get_remaining_time_in_millis() > 0]"),
    "a client context": result(
        "[repr(context.client_context), context.client_context.custom, context.client_context.client.app_title]",
        headers={"Lambda-Runtime-Client-Context": '{"custom":{"a":1},"env":{"b":"c"},"client":{"app_title":"t","x":1},"y":2}'}),
    "a client context with nothing of it": result("repr(context)", headers={"Lambda-Runtime-Client-Context": "{}"}),
    "trace fields in the client context": result(
        "[context.w3c(), repr(context.client_context)]",
        headers={"Lambda-Runtime-Client-Context": '{"custom":{},"w3c":{"traceparent":"00-a","other":"x","baggage":5}}'}),
    "a client context that is no JSON": result("1", headers={"Lambda-Runtime-Client-Context": "{"}),
    "an identity": result(
        "repr(context.identity)",
        headers={"Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}'}),
    "a tenant": result("context.tenant_id", headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"}),
    "the trace of each invocation": result("__import__('os').environ['_X_AMZN_TRACE_ID']", events=["1", "2"]),
    "the trace of each invocation in programs that it starts": body(
        "command = 'echo $_X_AMZN_TRACE_ID'\nos.system(command)\nchild = os.fork()\nif child == 0: os.execv('/bin/sh', ['sh', '-c', command])\n"
        "os.waitpid(child, 0)\nreturn subprocess.run(command, shell=True, capture_output=True, text=True).stdout",
        before="import os, subprocess", events=["1", "2"]),
    "no trace in programs": result(
        "__import__('os').popen('echo -$_X_AMZN_TRACE_ID-').read()", headers={"Lambda-Runtime-Trace-Id": None}),
    "no trace": result("'_X_AMZN_TRACE_ID' in __import__('os').environ", headers={"Lambda-Runtime-Trace-Id": None}),
    "a deadline in the past": result("context.get_remaining_time_in_millis()", headers={"Lambda-Runtime-Deadline-Ms": "1000"}),
    "an event that is not JSON by its type": result("repr(event)", headers={"Content-Type": "text/plain"}, events=["plain"]),
    "an event that is no JSON": result("event", events=["nope"]),
    "an event that is not UTF-8": result("event", events=[b'"\xff"']),
    "an empty event": result("event", events=[""]),
    "an event with a mark at its front": result("event", events=[b"\xef\xbb\xbf[1]"]),
    "an event with space around it": result("event", events=[" \n\t[1] \r\n"]),
    "a key twice": result("event", events=['{"a":1,"a":2}']),
    "the working folder is the code's": result("__import__('os').getcwd() == __import__('os').environ['LAMBDA_TASK_ROOT']"),
}

LOGS = {
    "prints": body("print('a', 1, 'ü')\nprint('no end', end='')\nprint()\nimport sys\nsys.stdout.write('w\\n')"),
    "logging": body(
        "log.debug('d')\nlog.info('i')\nlog.warning('w %s', 1)\nlog.error('e\\nf')\n"
        "try:\n    1 / 0\nexcept Exception:\n    log.exception('x')",
        "import logging\nlog = logging.getLogger()\nlog.setLevel('INFO')"),
    "logging of a named logger": body("logging.getLogger('a.b').warning('named')", "import logging"),
    "logging at import": {"source": "import logging\nlogging.warning('early')\ndef handler(e, c):\n    logging.warning('late')\n"},
    "logging with a level": body("logging.debug('d')\nlogging.info('i')", "import logging", env={"AWS_LAMBDA_LOG_LEVEL": "INFO"}),
    "logging with the level TRACE": body("logging.debug('d')", "import logging", env={"AWS_LAMBDA_LOG_LEVEL": "TRACE"}),
    "logging as JSON": body(
        "log.info('i %s', 'ü')\nlog.warning({'a': 1})\nlog.error('e', extra={'more': [1], 'odd': object})\n"
        "try:\n    {}['k']\nexcept Exception:\n    log.exception('x')",
        "import logging\nlog = logging.getLogger('n')",
        env={"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": "INFO"}),
    "logging as JSON for a tenant": body(
        "logging.warning('t')", "import logging", headers={"Lambda-Runtime-Aws-Tenant-Id": "blue"},
        env={"AWS_LAMBDA_LOG_FORMAT": "JSON"}),
    "the context's log": body("context.log('said\\n')"),
}

CASES = {
    f"{group}: {title}": case
    for group, cases in {
        "result": RESULTS, "error": ERRORS, "loading": LOADING, "context": CONTEXT, "logs": LOGS,
    }.items()
    for title, case in cases.items()
}
