"""Functions for Martlet's Node.js client with what AWS's own client answers and logs for them.

`answers` lists (kind, JSON that must be equal); a trace is compared by its first lines. `output` is the whole of what is
printed, where TIME stands for a time and ID for a request's id.
"""

ADVICE = ("callback called with Error argument, but there was a problem while retrieving one or more of its message, name, "
          "and stack")


def ok(value):
    return ("response", value)


def error(kind, message, trace=None):
    return ("error", {"errorType": kind, "errorMessage": message, "trace": trace})


def refused(kind, message, trace=None):
    return ("init/error", {"errorType": kind, "errorMessage": message, "trace": trace})


CASES = {
    "an async handler": {"source": "exports.handler = async (event) => ({ got: event });", "events": ['{"a":"ü"}', "5"],
                         "answers": [ok({"got": {"a": "ü"}}), ok({"got": 5})]},
    "a callback": {"source": "exports.handler = (e, c, callback) => callback(null, { e });", "answers": [ok({"e": {}})]},
    "a callback with an error": {"source": "exports.handler = (e, c, callback) => callback(new TypeError('bad'));",
                                 "answers": [error("TypeError", "bad", ["TypeError: bad"])]},
    "a callback with a text as error": {"source": "exports.handler = (e, c, callback) => callback('bad');",
                                        "answers": [error("string", "bad", [])]},
    "a callback waits for the event loop": {
        "source": "exports.handler = (e, c, callback) => { setTimeout(() => console.log('later'), 30); callback(null, 1); };",
        "answers": [ok(1)], "output": "TIME\tID\tINFO\tlater\n"},
    "a callback that does not wait": {
        "source": "exports.handler = (e, c, callback) => { c.callbackWaitsForEmptyEventLoop = false; "
                  "setTimeout(() => {}, 60000); callback(null, 1); };",
        "answers": [ok(1)]},
    "only the first callback counts": {
        "source": "exports.handler = (e, c, callback) => { c.succeed(1); c.succeed(2); callback(null, 3); };", "answers": [ok(1)]},
    "context.done": {"source": "exports.handler = (e, c) => c.done(null, 'd');", "answers": [ok("d")]},
    "context.fail": {"source": "exports.handler = (e, c) => c.fail(new RangeError('r'));", "answers": [error("RangeError", "r")]},
    "context.fail with nothing": {"source": "exports.handler = (e, c) => c.fail();", "answers": [error("string", "handled", [])]},
    "a handler that returns nothing": {"source": "exports.handler = () => {};", "answers": [ok(None)]},
    "a handler that returns a value at once": {"source": "exports.handler = () => 5;", "answers": [ok(None)]},
    "a promise without async": {"source": "exports.handler = () => Promise.resolve('p');", "answers": [ok("p")]},
    "an async handler whose promise never settles": {
        "source": "exports.handler = async () => new Promise(() => {});", "events": ["1", "2"],
        "answers": [error("Runtime.NodeJsExit", None), error("Runtime.NodeJsExit", None)]},
    "a thrown error": {
        "source": "exports.handler = async () => { throw new TypeError('bad ü'); };",
        "answers": [error("TypeError", "bad ü", ["TypeError: bad ü", "    at exports.handler (FOLDER/app.js:1:39)"])],
        "output": 'TIME\tID\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"bad ü","stack":['
                  '"TypeError: bad ü","    at exports.handler (FOLDER/app.js:1:39)",'},
    "an error with members": {
        "source": "class Own extends Error { constructor() { super('m'); this.name = 'Own'; this.code = 'C'; this.more = [1]; } }\n"
                  "exports.handler = () => { throw new Own(); };",
        "answers": [error("Own", "m", ["Own: m"])],
        "output": 'TIME\tID\tERROR\tInvoke Error \t{"errorType":"Own","errorMessage":"m","code":"C","name":"Own","more":[1],"stack":['},
    "a thrown text": {"source": "exports.handler = async () => { throw 'text'; };", "answers": [error("string", "text", [])]},
    "a thrown object": {"source": "exports.handler = async () => { throw { a: 1 }; };", "answers": [error("object", "[object Object]", [])]},
    "a thrown nothing": {"source": "exports.handler = async () => { throw undefined; };", "answers": [error("string", "handled", [])]},
    "an error that cannot be read": {
        "source": "exports.handler = (e, c, cb) => cb({ get name() { throw 1; } });", "answers": [("error", {"errorType": "handled", "errorMessage": ADVICE})]},
    "a result that JSON cannot say": {"source": "exports.handler = async () => 1n;",
                                      "answers": [error("Error", "Unable to stringify response body")]},
    "a circle": {"source": "exports.handler = async () => { const a = {}; a.a = a; return a; };",
                 "answers": [error("Error", "Unable to stringify response body")]},
    "undefined as a result": {"source": "exports.handler = async () => undefined;", "answers": [ok(None)]},
    "an event that is no JSON": {"source": "exports.handler = async () => 1;", "events": ["nope"], "answers": [error("SyntaxError", None)]},
    "a rejection that nobody handles": {
        "source": "exports.handler = async () => { Promise.reject(new Error('lost')); await new Promise((r) => setTimeout(r, 500)); };",
        "answers": [error("Runtime.UnhandledPromiseRejection", "Error: lost")], "status": 128,
        "output": 'TIME\tID\tERROR\tUnhandled Promise Rejection \t{"errorType":"Runtime.UnhandledPromiseRejection",'
                  '"errorMessage":"Error: lost","reason":{"errorType":"Error","errorMessage":"lost","stack":['},
    "an error that nobody catches": {
        "source": "exports.handler = async () => { setTimeout(() => { throw new Error('late'); }, 1); await new Promise((r) => setTimeout(r, 500)); };",
        "answers": [error("Error", "late")], "status": 129,
        "output": 'TIME\tID\tERROR\tUncaught Exception \t{"errorType":"Error","errorMessage":"late","stack":['},
    "an exit": {"source": "exports.handler = async () => process.exit(7);", "answers": [], "status": 7},
    "the context": {
        "source": "exports.handler = async (e, c) => ({ ...c, left: typeof c.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });",
        "headers": {"Lambda-Runtime-Client-Context": '{"custom":{"a":1}}', "Lambda-Runtime-Cognito-Identity": '{"cognitoIdentityId":"i"}',
                    "Lambda-Runtime-Aws-Tenant-Id": "blue"},
        "answers": [ok({
            "callbackWaitsForEmptyEventLoop": True, "functionVersion": "$LATEST", "functionName": "f", "memoryLimitInMB": "128",
            "logGroupName": "/aws/lambda/f", "logStreamName": "2026/01/01/[$LATEST]00", "clientContext": {"custom": {"a": 1}},
            "identity": {"cognitoIdentityId": "i"}, "invokedFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:f",
            "awsRequestId": "00000000-0000-4000-8000-000000000000", "tenantId": "blue", "left": "number",
            "trace": "Root=1-5759e988-bd862e3fe1be46a994270000;Sampled=1"})]},
    "the trace is in the environment of all but the C library, which would never free it": {
        "name": "app.mjs",
        "source": "import { spawnSync } from 'node:child_process'; import { Worker } from 'node:worker_threads';\n"
                  "const name = '_X_AMZN_TRACE_ID';\n"
                  "const inC = () => process.report.getReport().environmentVariables;\n"
                  "const inThread = () => new Promise((then) => new Worker(\n"
                  "  `require('worker_threads').parentPort.postMessage(process.env.${name})`, { eval: true }).on('message', then));\n"
                  "export const handler = async () => {\n"
                  "  const seen = [process.env[name], { ...process.env }[name], spawnSync('sh', ['-c', `printf $${name}`]).stdout.toString(), await inThread()];\n"
                  "  const there = [name in process.env, Object.keys(process.env).includes(name), name in inC()];\n"
                  "  process.env.OTHER = 1;\n"
                  "  process.env[name] = 2;\n"
                  "  const set = [inC().OTHER, process.env[name]];\n"
                  "  delete process.env[name];\n"
                  "  delete process.env.OTHER;\n"
                  "  return [seen, there, set, name in process.env, Object.keys(process.env).includes(name), 'OTHER' in inC()];\n"
                  "};",
        "events": ["{}", "{}"],
        "answers": [ok([[f"Root=1-5759e988-bd862e3fe1be46a99427000{number};Sampled=1"] * 4, [True, True, False], ["1", "2"], False, False, False])
                    for number in range(2)]},
    "the console": {
        "source": "exports.handler = async () => { console.log('a %d', 1, { b: 2 }); console.error('e\\nf'); console.warn('w'); "
                  "console.info('i'); console.debug('d'); process.stdout.write('raw\\n'); };",
        "answers": [ok(None)],
        "output": "TIME\tID\tINFO\ta 1 { b: 2 }\nTIME\tID\tERROR\te\rf\nTIME\tID\tWARN\tw\nTIME\tID\tINFO\ti\nTIME\tID\tDEBUG\td\nraw\n"},
    "the console with a level": {
        "source": "exports.handler = async () => { console.debug('d'); console.info('i'); console.warn('w'); };",
        "env": {"AWS_LAMBDA_LOG_LEVEL": "WARN"}, "answers": [ok(None)], "output": "TIME\tID\tWARN\tw\n"},
    "the console as JSON": {
        "source": "exports.handler = async () => { console.log('a', 1); console.log({ b: 2 }); console.error(new Error('x')); throw new Error('y'); };",
        "env": {"AWS_LAMBDA_LOG_FORMAT": "JSON"}, "answers": [error("Error", "y")],
        "output": '{"timestamp":"TIME","level":"INFO","requestId":"ID","message":"a 1"}\n'
                  '{"timestamp":"TIME","level":"INFO","requestId":"ID","message":{"b":2}}\n'
                  '{"timestamp":"TIME","level":"ERROR","requestId":"ID","message":{"errorType":"Error","errorMessage":"x","stackTrace":["Error: x",'},
    "the console at load": {"source": "console.log('loading'); exports.handler = async () => 1;", "answers": [ok(1)],
                            "output": "TIME\tundefined\tINFO\tloading\n"},
    "an ES module": {"name": "app.mjs", "source": "const v = await Promise.resolve(4); export const handler = async () => v;", "answers": [ok(4)]},
    "an ES module by its package": {"source": "export const handler = async () => import.meta.url.slice(-6);",
                                    "files": {"package.json": '{"type":"module"}'}, "answers": [ok("app.js")]},
    "a CommonJS module by its name": {"name": "app.cjs", "source": "exports.handler = async () => 'c';", "answers": [ok("c")]},
    "a handler in a folder": {"name": "src/deep/app.js", "handler": "src/deep/app.inner.handler",
                              "source": "exports.inner = { handler: async () => __dirname.endsWith('/src/deep') };", "answers": [ok(True)]},
    "a package beside the function": {"source": "exports.handler = async () => require('p');",
                                      "files": {"node_modules/p/index.js": "module.exports = 'from p';"}, "answers": [ok("from p")]},
    "the path of packages": {"source": "exports.handler = async () => require('q');", "env": {"NODE_PATH": "FOLDER/opt"},
                             "files": {"opt/q/index.js": "module.exports = 'from q';"}, "answers": [ok("from q")]},
    "the working folder is the code's": {"source": "exports.handler = async () => process.cwd() === process.env.LAMBDA_TASK_ROOT;", "answers": [ok(True)]},
    "a module that is missing": {"handler": "nope.handler", "answers": [refused("Runtime.ImportModuleError", None)], "status": 129},
    "a module that requires a missing one": {
        "source": "require('surely-missing');", "status": 129,
        "answers": [refused("Runtime.ImportModuleError", "Error: Cannot find module 'surely-missing'\nRequire stack:\n- FOLDER/app.js\n- CLIENT",
                            ["Runtime.ImportModuleError: Error: Cannot find module 'surely-missing'", "Require stack:", "- FOLDER/app.js"])]},
    "a handler that is missing": {"source": "exports.x = 1;", "status": 129,
                                  "answers": [refused("Runtime.HandlerNotFound", "app.handler is undefined or not exported")]},
    "a handler that is no function": {"source": "exports.handler = 5;", "status": 129,
                                      "answers": [refused("Runtime.HandlerNotFound", "app.handler is not a function")]},
    "a handler name without a dot": {"handler": "app", "status": 129, "answers": [refused("Runtime.MalformedHandlerName", "Bad handler")]},
    "a handler name that climbs": {
        "handler": "../app.handler", "status": 129,
        "answers": [refused("Runtime.MalformedHandlerName", "'../app.handler' is not a valid handler name. Use absolute paths when "
                                                            "specifying root directories in handler names.")]},
    "a syntax error": {"source": "exports.handler = (;", "status": 129, "answers": [refused("Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token ';'")]},
    "a handler that streams": {
        "source": "exports.handler = awslambda.streamifyResponse(async (e, stream) => stream.end('x'));", "status": 129,
        "answers": [refused("Runtime.StreamingNotServed", "Response streaming is not served yet. Export a handler that returns its "
                                                          "response, without awslambda.streamifyResponse.")]},
    "a module that throws": {"source": "throw new RangeError('at load');", "status": 129, "answers": [refused("RangeError", "at load", ["RangeError: at load"])],
                             "output": 'TIME\tundefined\tERROR\tUncaught Exception \t{"errorType":"RangeError","errorMessage":"at load","stack":['},
}
