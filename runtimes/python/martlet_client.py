"""The Python runtime client: takes events from the Runtime API, calls the handler, answers.

One file, standard library only; `bootstrap.py` beside it starts it. It may be parked: then everything it needs is
imported before it says that it is ready, and the environment of its one function arrives later, as one message. What a
function can observe (error objects, log lines, the context, how results become JSON) is what AWS's own client for
Python shows it.
"""

import _socket  # not socket, which takes longer to import and does nothing more that is needed here
import gc
import importlib
import json
import os
import sys
import time
import traceback
from json import encoder as json_encoder

API = "/2018-06-01/runtime/"
HEAD_LIMIT = 1 << 20
# What Martlet's own server says when it has taken an answer.
ACCEPTED = (b"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
            b'{"status":"OK"}\n')


class Fault(Exception):
    """A failure that the client names itself, such as a handler that cannot be found."""

    def __init__(self, kind, message, trace=None):
        super().__init__(message)
        self.kind, self.message, self.trace = kind, message, trace


# --- JSON: the text that AWS's client makes (it uses simplejson), from the standard library's own fast encoder.

SCALARS = frozenset((str, int, float, bool, type(None)))


def is_plain(value):
    """Whether the fast encoder treats every part of a value as AWS's client would."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or (type(item) not in SCALARS and not is_plain(item)):
                return False
        return True
    if kind is list or kind is tuple:
        for item in value:
            if type(item) not in SCALARS and not is_plain(item):
                return False
        return True
    return kind in SCALARS


def refuse(value):
    raise TypeError("Object of type {} is not JSON serializable".format(type(value).__name__))


class JSONText:
    """Encodes results and errors; non-ASCII text is kept as it is from python3.12 on, escaped before."""

    def __init__(self, ascii_only):
        self.string = json_encoder.encode_basestring_ascii if ascii_only else json_encoder.encode_basestring
        self.fast = self.encoder(None)

    def encoder(self, markers):
        return json_encoder.c_make_encoder(markers, refuse, self.string, None, ": ", ", ", False, False, True)

    def encode(self, value):
        try:
            plain = is_plain(value)
        except RecursionError:  # too deep, or a circle: the encoder that keeps track says which
            return "".join(self.encoder({})(value, 0))
        return "".join(self.fast(value, 0) if plain else self.parts(value, {}))

    def parts(self, value, open_containers):
        """Yields the text of a value that has a part of a less usual type: a Decimal, bytes, a named tuple, an enum."""
        if isinstance(value, (str, bytes)):
            yield self.string(self.characters(value))
        elif value is None or value is True or value is False:
            yield "null" if value is None else str(value).lower()
        elif isinstance(value, int):
            yield int.__repr__(int(value))
        elif isinstance(value, float):
            yield self.number(value)
        else:
            if id(value) in open_containers:
                raise ValueError("Circular reference detected")
            open_containers[id(value)] = value
            yield from self.container(value, open_containers)
            del open_containers[id(value)]

    def container(self, value, open_containers):
        as_dict = getattr(value, "_asdict", None)
        if callable(as_dict):
            value = as_dict()
            if not isinstance(value, dict):
                raise TypeError("_asdict() must return a dict, not {}".format(type(value).__name__))
        if isinstance(value, dict):
            separator = "{"
            for key, item in value.items():
                yield separator + self.string(self.key(key)) + ": "
                yield from self.parts(item, open_containers)
                separator = ", "
            yield "{}" if separator == "{" else "}"
        elif isinstance(value, (list, tuple)):
            separator = "["
            for item in value:
                yield separator
                yield from self.parts(item, open_containers)
                separator = ", "
            yield "[]" if separator == "[" else "]"
        else:
            decimal = sys.modules.get("decimal")
            if decimal is None or not isinstance(value, decimal.Decimal):
                refuse(value)
            yield "NaN" if value.is_nan() else str(value)

    def characters(self, value):
        return str(value, "utf-8") if isinstance(value, bytes) else str.__str__(value)

    def number(self, value):
        if value != value:
            return "NaN"
        if value in (json_encoder.INFINITY, -json_encoder.INFINITY):
            return "Infinity" if value > 0 else "-Infinity"
        return float.__repr__(float(value))

    def key(self, key):
        if isinstance(key, (str, bytes)):
            return self.characters(key)
        if isinstance(key, float):
            return self.number(key)
        if key is None or key is True or key is False:
            return "null" if key is None else str(key).lower()
        if isinstance(key, int):
            return int.__repr__(int(key))
        raise TypeError("keys must be str, int, float, bool or None, not {}".format(key.__class__.__name__))


def no_constant(name):
    raise ValueError("{} is not a JSON value".format(name))


json_decoder = json.JSONDecoder(parse_constant=no_constant)
scan_json = json_decoder.scan_once


def decode_json(text):
    """The value of a JSON text; the decoder's own search for space around it is left out where there is none."""
    try:
        value, end = scan_json(text, 0)
        if end == len(text):
            return value
    except StopIteration:  # what is wrong is for the decoder to say
        pass
    return json_decoder.decode(text)


# --- The Runtime API: one kept connection, answer and next request in one write.


class Gone(Exception):
    """The other side closed the connection."""


class RuntimeAPI:
    """Speaks just enough HTTP/1.1 for the Runtime API, and refuses everything else."""

    def __init__(self, address):
        host, _, port = address.rpartition(":")
        self.address, self.host = (host, int(port)), address
        self.next_request = "GET {}invocation/next HTTP/1.1\r\nHost: {}\r\n\r\n".format(API, address).encode()
        self.socket, self.buffer, self.fields = None, b"", {}

    def connect(self):
        self.close()
        self.socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
        self.socket.connect(self.address)
        self.socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket, self.buffer = None, b""

    def post(self, path, body, content_type, extra=""):
        return (f"POST {API}{path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: {content_type}\r\n"
                f"{extra}Content-Length: {len(body)}\r\n\r\n").encode() + body

    def next(self, answer=b""):
        """Sends the answer to the last event, if any, with the request for the next one; returns that event."""
        if self.socket is None:
            self.connect()
        if answer:
            try:
                self.socket.sendall(answer + self.next_request if len(answer) < 65536 else answer)
                if len(answer) >= 65536:
                    self.socket.sendall(self.next_request)
                reconnect = not self.accepted() and self.is_refused()
            except (OSError, Gone):  # it would not take the answer, too large for example: the next event still may come
                reconnect = True
            if reconnect:
                self.connect()
                self.socket.sendall(self.next_request)
        else:
            self.socket.sendall(self.next_request)
        status, headers, body = self.response()
        if status != 200:
            raise SystemExit("Runtime API gave no event: {}".format(status))
        return headers, body

    def accepted(self):
        """Whether what comes first is the usual answer to an answer; it is taken away then."""
        buffer = self.buffer or self.receive()
        if not buffer.startswith(ACCEPTED):
            self.buffer = buffer
            return False
        self.buffer = buffer[len(ACCEPTED):]
        return True

    def is_refused(self):
        """Reads an answer to an answer; whether the connection is of no more use after it."""
        status, headers, _ = self.response()
        if status >= 500:
            raise SystemExit("Runtime API refused an answer: {}".format(status))
        return headers.get("connection") == "close"

    def receive(self):
        if not (more := self.socket.recv(65536)):
            raise Gone
        return more

    def init_error(self, error_type, body):
        kind = "".join(c if c.isascii() and c.isprintable() else "?" for c in error_type)
        extra = "Lambda-Runtime-Function-Error-Type: {}\r\n".format(kind)
        if self.socket is None:
            self.connect()
        self.socket.sendall(self.post("init/error", body, "application/json", extra))
        self.response()

    def response(self):
        buffer = self.buffer
        while (end := buffer.find(b"\r\n\r\n")) < 0:
            if len(buffer) > HEAD_LIMIT:
                raise SystemExit("Runtime API sent an endless header")
            buffer += self.receive()
        first, *lines = buffer[:end].decode("utf-8", "replace").split("\r\n")
        if not first.startswith("HTTP/1.1 ") or not first[9:12].isdecimal():
            raise SystemExit("Runtime API sent no HTTP/1.1 response")
        headers, fields = {}, self.fields
        for line in lines:
            name, value = fields.get(line) or self.field(line)
            headers[name] = value
        length = headers.get("content-length", "0")
        if not length.isdecimal() or "transfer-encoding" in headers:
            raise SystemExit("Runtime API sent a body of unknown length")
        return int(first[9:12]), headers, self.body(buffer, end + 4, int(length))

    def field(self, line):
        """The name and the value of a header; those that came first, most of which come each time, are remembered."""
        name, colon, value = line.partition(":")
        if not colon:
            raise SystemExit("Runtime API sent a malformed header")
        field = name.lower(), value.strip()
        if len(self.fields) < 16 and len(line) < 256:
            self.fields[line] = field
        return field

    def body(self, buffer, start, length):
        stop = start + length
        if len(buffer) >= stop:
            self.buffer = buffer[stop:]
            return buffer[start:stop]
        body = bytearray(length)
        have = len(buffer) - start
        body[:have] = buffer[start:]
        with memoryview(body) as view:
            while have < length:
                if not (count := self.socket.recv_into(view[have:])):
                    raise Gone
                have += count
        self.buffer = b""
        return bytes(body)


# --- What the handler is given.


class Record:
    """An object whose attributes are some members of a JSON object."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return "{}([{}])".format(
            type(self).__name__, ",".join("{}={}".format(name, getattr(self, name)) for name in self.__slots__))


class Client(Record):
    """The mobile client that called."""

    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]


class ClientContext(Record):
    """What a mobile client said about itself."""

    __slots__ = ["custom", "env", "client"]


class CognitoIdentity(Record):
    """Who a mobile client's user is."""

    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]


class Surroundings:
    """What the environment says about the function, as a context has it; its texts are made anew when it changes."""

    VARIABLES = {
        "log_group_name": b"AWS_LAMBDA_LOG_GROUP_NAME", "log_stream_name": b"AWS_LAMBDA_LOG_STREAM_NAME",
        "function_name": b"AWS_LAMBDA_FUNCTION_NAME", "memory_limit_in_mb": b"AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "function_version": b"AWS_LAMBDA_FUNCTION_VERSION"}

    def __init__(self):
        self.names = tuple(self.VARIABLES.values())
        self.raw, self.fields = None, {}

    def now(self):
        raw = tuple(map(os.environ._data.get, self.names))
        if raw != self.raw:
            texts = [None if value is None else os.fsdecode(value) for value in raw]
            self.raw, self.fields = raw, dict(zip(self.VARIABLES, texts))
        return self.fields


surroundings = Surroundings()


class LambdaContext:
    """The second argument of a handler."""

    def __init__(self, headers):
        get = headers.get
        self.__dict__.update(surroundings.now())
        self.aws_request_id = get("lambda-runtime-aws-request-id")
        self.invoked_function_arn = get("lambda-runtime-invoked-function-arn")
        self.tenant_id = get("lambda-runtime-aws-tenant-id")
        self._epoch_deadline_time_in_ms = int(get("lambda-runtime-deadline-ms") or 0)
        self.client_context, self._w3c = None, {}
        if "lambda-runtime-client-context" in headers:
            self.set_client(self.header(headers, "lambda-runtime-client-context", "Client Context"))
        self.identity = identity = CognitoIdentity.__new__(CognitoIdentity)
        identity.cognito_identity_id = identity.cognito_identity_pool_id = None
        if "lambda-runtime-cognito-identity" in headers:
            values = self.header(headers, "lambda-runtime-cognito-identity", "Cognito Identity") or {}
            identity.cognito_identity_id = values.get("cognitoIdentityId")
            identity.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")

    def set_client(self, values):
        if values is None:
            return
        self._w3c = self.take_w3c(values)
        self.client_context = ClientContext(values)
        if self.client_context.client is not None:
            self.client_context.client = Client(self.client_context.client)

    @staticmethod
    def header(headers, name, title):
        if not headers.get(name):
            return None
        try:
            return decode_json(headers[name])
        except Exception as error:
            message = "Unable to parse {} JSON: {}".format(title, error)
            raise Fault("Runtime.LambdaContextUnmarshalError", message) from None

    @staticmethod
    def take_w3c(client):
        fields = client.pop("w3c", None) if isinstance(client, dict) else None
        if not isinstance(fields, dict):
            return {}
        return {key: fields[key] for key in ("traceparent", "tracestate", "baggage") if type(fields.get(key)) is str}

    def w3c(self):
        return dict(self._w3c)

    def get_remaining_time_in_millis(self):
        return max(self._epoch_deadline_time_in_ms - int(time.time() * 1000), 0)

    def log(self, message):
        sys.stdout.write(str(message))

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
                 "function_version", "invoked_function_arn", "client_context", "identity", "tenant_id")
        return "LambdaContext([{}])".format(",".join("{}={}".format(name, getattr(self, name)) for name in names))


# --- Logs.


class Logs:
    """Error lines, and the handler of the logging module, which is set up when a function first imports it."""

    def __init__(self):
        self.as_json = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
        self.level = "DEBUG" if level == "TRACE" else level
        self.request_id, self.tenant_id = "", None
        if "logging" in sys.modules:
            self.set_up(sys.modules["logging"])
        else:
            sys.meta_path.insert(0, self)

    def find_spec(self, name, path=None, target=None):
        """Wraps the first import of `logging`, so that a function that does not log does not pay for it."""
        if name != "logging":
            return None
        sys.meta_path.remove(self)
        specs = (finder.find_spec(name, path, target) for finder in sys.meta_path)
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_and_set_up(module):
                execute(module)
                self.set_up(module)

            spec.loader.exec_module = execute_and_set_up
        return spec

    def set_up(self, logging):
        logs = self
        logging.Formatter.converter = time.gmtime

        class LambdaLoggerHandler(logging.Handler):
            def emit(self, record):
                sys.stdout.write(self.format(record))

        class LambdaLoggerFilter(logging.Filter):
            def filter(self, record):
                record.aws_request_id, record.tenant_id = logs.request_id, logs.tenant_id
                return True

        class JsonFormatter(logging.Formatter):
            def format(self, record):
                return logs.json_line(record, logging, self)

        handler = LambdaLoggerHandler()
        handler.setFormatter(
            JsonFormatter(datefmt="%Y-%m-%dT%H:%M:%SZ") if self.as_json else logging.Formatter(
                "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", "%Y-%m-%dT%H:%M:%S"))
        handler.addFilter(LambdaLoggerFilter())
        if self.level in logging._nameToLevel:
            logging.getLogger().setLevel(self.level)
        logging.getLogger().addHandler(handler)

    def json_line(self, record, logging, formatter):
        record.levelno = min(50, max(0, record.levelno)) // 10 * 10
        record.levelname = logging.getLevelName(record.levelno)
        error = record.exc_info
        line = {
            "timestamp": formatter.formatTime(record, formatter.datefmt),
            "level": record.levelname,
            "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
            "logger": record.name,
            "stackTrace": traceback.format_tb(error[2]) if error else None,
            "errorType": error[0].__name__ if error else None,
            "errorMessage": str(error[1]) if error else None,
            "requestId": record.aws_request_id,
            "location": "{}:{}:{}".format(record.pathname, record.funcName, record.lineno) if error else None,
        }
        if record.tenant_id is not None:
            line["tenantId"] = record.tenant_id
        usual = logging.makeLogRecord({}).__dict__.keys() | {"aws_request_id", "tenant_id"}
        line.update((key, value) for key, value in record.__dict__.items() if key not in usual and key not in line)
        known = {key: value for key, value in line.items() if value is not None}
        return json.dumps(known, ensure_ascii=False, default=str) + "\n"

    def error(self, error, text):
        """Prints the line about a failed invocation; its parts are kept together as one line by carriage returns."""
        if self.as_json:
            stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            sys.stdout.write(text.encode({"timestamp": stamp, "level": "ERROR", **error}) + "\n")
            return
        first = "[ERROR]"
        if error["errorType"]:
            first += " " + error["errorType"] + (":" if error["errorMessage"] else "")
        if error["errorMessage"]:
            first += " " + error["errorMessage"]
        lines = [first, "Traceback (most recent call last):"]
        for entry in error["stackTrace"]:
            for line in entry.splitlines() if entry else [""]:
                rest = line.lstrip(" ")
                lines.append("\u00a0" * (len(line) - len(rest)) + rest)
        sys.stdout.write("\r".join(lines) + "\n")

    def flush(self):
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:  # a stream that the function replaced or closed is its own affair
                pass


# --- Errors and the loop.


def error_object(message, kind, trace, request_id=None):
    return {"errorMessage": message or "", "errorType": kind or "", "requestId": request_id or "",
            "stackTrace": trace or []}


def raised(error, request_id=None):
    """The error object of an exception, without the frames of this client at the front of its traceback."""
    frames = [(f.filename, f.lineno, f.name, f.line) for f in traceback.extract_tb(error.__traceback__)]
    theirs = next((i for i, (file, *_) in enumerate(frames) if "/bootstrap.py" not in file and file != __file__), 0)
    return error_object(str(error), type(error).__name__, traceback.format_list(frames[theirs:]), request_id)


def find_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        message = "Bad handler '{}': not enough values to unpack (expected 2, got 1)".format(name)
        raise Fault("Runtime.MalformedHandlerName", message)
    try:
        if module_name.split(".")[0] in sys.builtin_module_names:
            message = "Cannot use built-in module {} as a handler module".format(module_name)
            raise Fault("Runtime.BuiltInModuleConflict", message)
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = "Unable to import module '{}': {}".format(module_name, error)
        raise Fault("Runtime.ImportModuleError", message) from None
    except SyntaxError as error:
        trace = ['  File "{}" Line {}\n    {}'.format(error.filename, error.lineno, error.text)]
        message = "Syntax error in module '{}': {}".format(module_name, error)
        raise Fault("Runtime.UserCodeSyntaxError", message, trace) from None
    try:
        return getattr(module, function_name)
    except AttributeError:
        message = "Handler '{}' missing on module '{}'".format(function_name, module_name)
        raise Fault("Runtime.HandlerNotFound", message) from None


def handle_event_request(request_handler, headers, body, text):
    """Calls the handler; returns the answer's bytes, its content type, and the error object if it failed."""
    request_id = headers["lambda-runtime-aws-request-id"]
    try:
        lambda_context = LambdaContext(headers)
        event = body
        if headers.get("content-type") == "application/json":
            try:
                event = decode_json(str(body, "utf-8").removeprefix("\ufeff"))
            except Exception as error:
                raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: {}".format(error)) from None
        response = request_handler(event, lambda_context)
        if isinstance(response, bytes):
            return response, "application/unknown", None
        try:
            return text.encode(response).encode(), "application/json", None
        except Exception as error:
            raise Fault("Runtime.MarshalError", "Unable to marshal response: {}".format(error)) from None
    except Fault as fault:
        failure = error_object(fault.message, fault.kind, fault.trace, request_id)
    except Exception as error:
        failure = raised(error, request_id)
    return text.encode(failure).encode("utf-8", "surrogatepass"), "application/json", failure


TRACE = b"_X_AMZN_TRACE_ID"
STARTS = frozenset(("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "subprocess.Popen"))


def hand_on_trace(event, _):
    """Lets programs that are about to be started see the trace, too, which changes with each event.

    Not set there at once, because the C library keeps for ever what it was once given: one value more for each event.
    """
    if event in STARTS:
        trace = os.environ._data.get(TRACE)
        if trace is None:
            os.unsetenv(TRACE)
        else:
            os.putenv(TRACE, trace)


def serve(api, handler, logs, text):
    """Takes one event after the other, for ever."""
    answer = b""
    while True:
        headers, body = api.next(answer)
        request_id = logs.request_id = headers["lambda-runtime-aws-request-id"]
        logs.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        trace = headers.get("lambda-runtime-trace-id")
        if trace is not None:
            os.environ._data[TRACE] = trace.encode("utf-8", "replace")
        else:
            os.environ._data.pop(TRACE, None)
        result, content_type, failure = handle_event_request(handler, headers, body, text)
        if failure is not None:
            logs.error(failure, text)
        logs.flush()
        path = "invocation/{}/{}".format(request_id, "response" if failure is None else "error")
        answer = api.post(path, result, content_type)


# --- Start.

TASK_ROOT = "/var/task"
PLATFORM_ADDRESS = "127.0.0.1:9001"
NON_ASCII = {"AWS_Lambda_python3.12", "AWS_Lambda_python3.13", "AWS_Lambda_python3.14", "AWS_Lambda_python3.15"}


def park(descriptor):
    """Prepares all that can be, waits for the environment, and makes it this process's own; returns the connection."""
    rehearse()
    api = RuntimeAPI(PLATFORM_ADDRESS)
    try:
        api.connect()
    except OSError:
        api.close()
    for hook in sys.path_hooks:  # the one that reads folders answers only where the folder is there already
        try:
            sys.path_importer_cache[TASK_ROOT] = hook(TASK_ROOT)
        except ImportError:
            pass
    gc.collect()
    gc.freeze()
    os.write(descriptor, b"R")
    message = read_exactly(descriptor, int.from_bytes(read_exactly(descriptor, 4), "big"))
    os.close(descriptor)
    set_environment(message)
    return api


# Function code is compiled where it is loaded, as it carries no compiled form: the compiler's pages are touched before.
REHEARSED_MODULE = '''
"""A module like many."""
import json, os
from time import time as now

LIMIT: int = int(os.environ.get("LIMIT", "1") or 1) * 2 + 3 - 1

class Answer(Exception):
    def __init__(self, value=None, *rest, **named):
        self.value, self.rest = value, [*rest]
        super().__init__(f"{value!r:>4} {named}")

    @property
    def text(self): return self.value["a"] if self.value is not None else ""

def handler(event, context):
    global LIMIT
    try:
        with open(os.devnull) as file:
            lines = [line.strip() for line in file if line and not line.startswith("#")]
        for key, value in {**event, "b": {1, 2}}.items():
            if key in lines or (count := len(lines)) > 3: continue
            elif value == "x": break
            LIMIT += count
        while LIMIT < 0: LIMIT = -LIMIT
        assert sorted(lines, key=lambda line: line[1:-1])
        return {"statusCode": 200, "body": json.dumps(event), "at": now(), "all": any(lines) and all(lines)}
    except (KeyError, ValueError) as error:
        raise Answer(error) from None
    finally:
        del event

async def later(): return await handler(None, None)
'''


def rehearse():
    """Runs through the code of an invocation a few times, against no one, so that it is warm when the first event comes."""
    ours, theirs = _socket.socketpair()
    api, text, logs = RuntimeAPI(PLATFORM_ADDRESS), JSONText(True), Logs()
    api.socket = ours
    event = (ACCEPTED + b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
             b"Lambda-Runtime-Aws-Request-Id: rehearsal\r\nLambda-Runtime-Trace-Id: none\r\nContent-Length: 22\r\n\r\n"
             b'{"a": [1, 2.5, "b\xc3\xa9"]}')
    answer = b" "
    for _ in range(16):
        theirs.sendall(event)
        headers, body = api.next(answer)
        theirs.recv(65536)
        result, content_type, _ = handle_event_request(lambda event, context: event, headers, body, text)
        logs.flush()
        answer = api.post("invocation/rehearsal/response", result, content_type)
    text.encode([b"c", {1: (True, None)}])
    for _ in range(2):
        exec(compile(REHEARSED_MODULE, "rehearsal.py", "exec", dont_inherit=True), {"__name__": "rehearsal"})
    api.close()
    theirs.close()
    sys.meta_path.remove(logs)


def set_variable(name, value):
    """Sets a variable from bytes that need no encoding."""
    os.putenv(name, value)
    os.environ._data[name] = value


def set_environment(message):
    data = os.environ._data  # the dictionary behind it: this is on the way of every first start
    for name in list(data):
        os.unsetenv(name)
    data.clear()
    for entry in message.split(b"\0"):
        name, equals, value = entry.partition(b"=")
        if name and equals:
            set_variable(name, value)
    if os.environ.get("TZ", ":UTC") not in (":UTC", "UTC") or time.tzname[0] != "UTC":
        time.tzset()


def read_exactly(descriptor, count):
    parts = []
    while count:
        part = os.read(descriptor, min(count, 65536))
        if not part:
            os._exit(0)  # the sandbox is given up before it was used
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def set_paths():
    """Puts the function's code first, then its layers, then the runtime's folder, then the standard library."""
    root = os.environ.get("LAMBDA_TASK_ROOT", TASK_ROOT)
    first = [root]
    if os.path.isdir("/opt/python"):
        first += ["/opt/python/lib/python{}.{}/site-packages".format(*sys.version_info), "/opt/python"]
    first += [entry for entry in os.environ.get("PYTHONPATH", "").split(":") if entry]
    first.append(os.environ.get("LAMBDA_RUNTIME_DIR", "/var/runtime"))
    sys.path[:] = list(dict.fromkeys(first + sys.path))
    try:
        os.chdir(root)
    except OSError:
        pass


def add_builtins():
    """Adds what the site module, which is not loaded, would: exit() and its like."""
    import _sitebuiltins
    import builtins

    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
    builtins.help = _sitebuiltins._Helper()


def load():
    """Imports the handler; returns it, or nothing and the error object of what went wrong."""
    sys.dont_write_bytecode = True  # the code is read-only: trying would only take time
    try:
        return find_handler(os.environ["_HANDLER"]), None
    except Fault as fault:
        return None, error_object(fault.message, fault.kind, fault.trace)
    except Exception as error:
        return None, raised(error)
    finally:
        sys.dont_write_bytecode = False


def run():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)
    add_builtins()
    sys.addaudithook(hand_on_trace)
    parked = os.environ.pop("MARTLET_PARK_FD", None)
    api = park(int(parked)) if parked else None
    set_paths()
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    if api is None or api.host != address:
        api = RuntimeAPI(address)
    text = JSONText(os.environ.get("AWS_EXECUTION_ENV") not in NON_ASCII)
    logs = Logs()
    handler, failure = load()
    if failure is None:
        try:
            serve(api, handler, logs, text)
        except Gone:
            sys.exit("Runtime API closed the connection")
    logs.error(failure, text)
    logs.flush()
    api.init_error(failure["errorType"], text.encode(failure).encode("utf-8", "surrogatepass"))
    sys.exit(1)
