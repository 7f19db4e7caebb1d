'use strict';

/*
 * The Node.js runtime client: takes events from the Runtime API, calls the handler, answers.
 *
 * One file, no packages, a raw socket. It may be parked: then everything it needs is loaded and has run once before it says
 * that it is ready, and the environment of its one function arrives later, as one message. What a function can observe (error
 * objects, log lines, the context, when a callback counts) is what AWS's own client for Node.js shows it.
 */

const fs = require('node:fs');
const Module = require('node:module');
const net = require('node:net');
const path = require('node:path');
const threads = require('node:worker_threads');
const util = require('node:util');

const API = '/2018-06-01/runtime/';
const TRACE = '_X_AMZN_TRACE_ID';
/** As the C library has it; what the function sees is `process.env`. */
const environment = process.env;
const HEAD_LIMIT = 1 << 20;

// --- Errors that the client names itself.

class ImportModuleError extends Error {}
class HandlerNotFound extends Error {}
class MalformedHandlerName extends Error {}
class UserCodeSyntaxError extends Error {}
class NodeJsExit extends Error {}
class StreamingNotServed extends Error {}
class UnhandledPromiseRejection extends Error {
  constructor(reason, promise) {
    super(reason);
    this.reason = reason;
    this.promise = promise;
  }
}
for (const type of [
  ImportModuleError, HandlerNotFound, MalformedHandlerName, UserCodeSyntaxError, NodeJsExit, StreamingNotServed,
  UnhandledPromiseRejection,
]) {
  type.prototype.name = `Runtime.${type.name}`;
}

/** Whether a value looks enough like an error to be reported as one. */
function isErrorLike(value) {
  return util.types.isNativeError(value) || (value && ['name', 'message', 'stack']
    .every((key) => value[key] && typeof value[key] === 'string'));
}

/** The error object that the caller of the function gets. */
function errorObject(error) {
  const clean = (text) => text?.replaceAll('\x7F', '%7F');
  try {
    if (isErrorLike(error)) {
      return {
        errorType: clean(error.name),
        errorMessage: clean(error.message),
        trace: error.stack.replaceAll('\x7F', '%7F').split('\n'),
      };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: 'handled',
      errorMessage: 'callback called with Error argument, but there was a problem while retrieving one or more of its '
        + 'message, name, and stack',
    };
  }
}

function toError(value) {
  return value instanceof Error ? value : new Error(value);
}

/** The text of an error in a log line: its own members, those that JSON would leave out, and those of errors inside it. */
function errorText(error) {
  const members = (_, value) => {
    if (!(value instanceof Error)) return value;
    const all = { errorType: value.name, errorMessage: value.message, code: value.code, ...value };
    if (typeof value.stack === 'string') all.stack = value.stack.split('\n');
    return all;
  };
  try {
    return '\t' + JSON.stringify(error, members);
  } catch {
    return '\t' + JSON.stringify(errorObject(error));
  }
}

/** The JSON text of a result; what JSON has no text for fails with AWS's message. */
function resultText(result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result);
  } catch {
    text = undefined;
  }
  if (text === undefined) throw new Error('Unable to stringify response body');
  return text;
}

// --- Logs.

const REQUEST_ID = Symbol.for('aws.lambda.runtime.requestId');
const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];
let tenantID;

function logText(level, message, ...values) {
  return `${new Date().toISOString()}\t${globalThis[REQUEST_ID]}\t${level}\t${util.format(message, ...values)}`;
}

function logJSON(level, ...values) {
  const line = { timestamp: new Date().toISOString(), level, requestId: globalThis[REQUEST_ID] };
  if (tenantID) line.tenantId = tenantID;
  const members = (error) => ({
    errorType: error?.constructor?.name ?? 'UnknownError',
    errorMessage: error.message,
    stackTrace: typeof error.stack === 'string' ? error.stack.split('\n') : error.stack,
  });
  if (values.length === 1) {
    line.message = values[0];
    try {
      return JSON.stringify(line, (_, value) => (value instanceof Error ? { ...members(value), ...value } : value));
    } catch {
      line.message = util.format(line.message);
      return JSON.stringify(line);
    }
  }
  line.message = util.format(...values);
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify(error ? { ...line, ...members(error) } : line);
}

let logError = (title, error) => console.error(title, errorText(toError(error)));

/** Makes the console write AWS's log lines: one line a message, with the request it belongs to. */
function patchConsole() {
  const asJSON = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON';
  const format = asJSON ? logJSON : logText;
  const lowest = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
  const at = (level) => (LEVELS.indexOf(level) < lowest && level !== 'FATAL' ? () => {} : (...values) => {
    process.stdout.write(format(level, ...values).replace(/\n/g, '\r') + '\n');
  });
  console.trace = at('TRACE');
  console.debug = at('DEBUG');
  console.info = at('INFO');
  console.log = console.info;
  console.warn = at('WARN');
  console.error = at('ERROR');
  console.fatal = at('FATAL');
  if (asJSON) logError = (_, error) => console.error(toError(error));
}

// --- The Runtime API: one kept connection, answer and next request in one write.

/** Speaks just enough HTTP/1.1 for the Runtime API, and refuses everything else. */
class RuntimeAPI {
  constructor(address) {
    this.address = address;
    this.getNext = `GET ${API}invocation/next HTTP/1.1\r\nHost: ${address}\r\n\r\n`;
    this.waiting = []; // who gets the responses to come, in order: (status, headers, body) => void
    this.rest = null; // bytes that came, not yet a whole response
    this.parts = null; // of a large body: what came so far
    this.missing = 0; // of a large body: how many bytes are to come
  }

  /** Connects; `then` is told whether it worked. The connection keeps the process alive only while a response is awaited. */
  connect(then = () => {}) {
    const colon = this.address.lastIndexOf(':');
    this.socket = net.connect({
      host: this.address.slice(0, colon),
      port: Number(this.address.slice(colon + 1)),
      noDelay: true,
      onread: { buffer: Buffer.allocUnsafeSlow(65536), callback: (count, buffer) => this.received(buffer.subarray(0, count)) },
    });
    this.rest = this.parts = null;
    this.socket.once('connect', () => then(true));
    this.socket.on('error', () => then(false));
    this.socket.on('close', () => this.lost());
  }

  /** Sends requests, each of whose responses goes to one of the receivers. */
  send(text, ...receivers) {
    if (!this.socket || this.socket.destroyed) this.connect();
    this.waiting.push(...receivers);
    this.socket.ref();
    this.socket.write(text);
  }

  request(requestPath, body, extra = '') {
    return `POST ${API}${requestPath} HTTP/1.1\r\nHost: ${this.address}\r\nContent-Type: application/json\r\n${extra}`
      + `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  }

  /** Sends the answer to the last event, if any, with the request for the next one. */
  next(answer = '') {
    return new Promise((resolve) => {
      const event = (status, headers, body) => {
        if (status !== 200) fatal(`Runtime API gave no event: ${status}`);
        this.socket.unref();
        resolve({ headers, body });
      };
      if (!answer) return this.send(this.getNext, event);
      const answered = (status) => {
        if (status >= 500) fatal(`Runtime API refused an answer: ${status}`);
      };
      this.send(answer + this.getNext, answered, event);
    });
  }

  post(requestPath, body, extra, then) {
    this.send(this.request(requestPath, body, extra), () => then());
  }

  lost() {
    const next = this.waiting.pop();
    if (next === undefined) return;
    // It would not take the answer, too large for example: the next event still may come.
    const refused = this.waiting.length > 0;
    this.waiting = [];
    if (!refused) fatal('Runtime API closed the connection');
    this.connect();
    this.send(this.getNext, next);
  }

  received(bytes) {
    if (this.missing > bytes.length) {
      this.parts.push(Buffer.from(bytes));
      this.missing -= bytes.length;
      return;
    }
    let data = this.parts ? Buffer.concat([...this.parts, bytes]) : bytes;
    this.parts = null;
    this.missing = 0;
    while (data.length > 0) {
      const end = data.indexOf('\r\n\r\n');
      if (end < 0) {
        if (data.length > HEAD_LIMIT) fatal('Runtime API sent an endless header');
        return this.keep(data, 1);
      }
      const [first, ...lines] = data.utf8Slice(0, end).split('\r\n');
      const headers = {};
      for (const line of lines) {
        const colon = line.indexOf(':');
        if (colon < 1) fatal('Runtime API sent a malformed header');
        headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
      }
      const length = headers['content-length'] ?? '0';
      if (!/^HTTP\/1\.1 \d{3}/.test(first)) fatal('Runtime API sent no HTTP/1.1 response');
      if (!/^\d{1,10}$/.test(length) || 'transfer-encoding' in headers) fatal('Runtime API sent a body of unknown length');
      const stop = end + 4 + Number(length);
      if (data.length < stop) return this.keep(data, stop - data.length);
      const body = data.utf8Slice(end + 4, stop);
      data = data.subarray(stop);
      const receiver = this.waiting.shift();
      if (!receiver) fatal('Runtime API sent a response that nobody asked for');
      receiver(Number(first.slice(9, 12)), headers, body);
    }
  }

  keep(data, missing) {
    this.parts = [Buffer.from(data)];
    this.missing = missing;
  }
}

function fatal(message) {
  process.stderr.write(message + '\n');
  process.exit(1);
}

// --- What the handler is given.

function parseHeader(headers, name, title) {
  if (headers[name] === undefined) return undefined;
  try {
    return JSON.parse(headers[name]);
  } catch (error) {
    throw new Error(`Cannot parse ${title} as json: ${error.toString()}`);
  }
}

/** Adds to the callbacks of a context what the environment and the headers say. */
function fillContext(context, headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const trace = headers['lambda-runtime-trace-id'];
  if (trace) process.env[TRACE] = trace;
  else delete process.env[TRACE];
  return Object.assign(context, {
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: parseHeader(headers, 'lambda-runtime-client-context', 'ClientContext'),
    identity: parseHeader(headers, 'lambda-runtime-cognito-identity', 'CognitoIdentity'),
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    tenantId: headers['lambda-runtime-aws-tenant-id'],
    getRemainingTimeInMillis: () => deadline - Date.now(),
  });
}

/**
 * Keeps the trace beside the environment, as if it were in it: the C library never frees a value that it was given, and
 * each event brings another. Programs get it with the rest of `process.env`; a thread copies what the C library has.
 */
function keepTraceBeside() {
  let trace;
  const keep = (value) => {
    trace = value;
    return true;
  };
  process.env = new Proxy(environment, {
    get: (env, name) => (name === TRACE ? trace : env[name]),
    set: (env, name, value) => (name === TRACE ? keep(`${value}`) : Reflect.set(env, name, value)),
    has: (env, name) => (name === TRACE ? trace !== undefined : name in env),
    deleteProperty: (env, name) => (name === TRACE ? keep(undefined) : Reflect.deleteProperty(env, name)),
    defineProperty: (env, name, wanted) => (name === TRACE ? keep(`${wanted.value}`) : Reflect.defineProperty(env, name, wanted)),
    ownKeys: (env) => (trace === undefined ? Reflect.ownKeys(env) : [...Reflect.ownKeys(env), TRACE]),
    getOwnPropertyDescriptor: (env, name) => {
      if (name !== TRACE) return Reflect.getOwnPropertyDescriptor(env, name);
      return trace === undefined ? undefined : { value: trace, writable: true, enumerable: true, configurable: true };
    },
  });
  threads.Worker = new Proxy(threads.Worker, {
    construct: (worker, values, made) => {
      if (trace !== undefined) environment[TRACE] = trace;
      try {
        return Reflect.construct(worker, values, made);
      } finally {
        delete environment[TRACE];
      }
    },
  });
  Module.syncBuiltinESMExports();
}

// --- The loop.

const isThenable = (value) => value && value.then && typeof value.then === 'function';

/** Takes one event after the other; an invocation ends when its handler, or the event loop, has nothing more to do. */
class Runtime {
  constructor(api, handler) {
    this.api = api;
    this.handler = handler;
    this.isAsync = handler.constructor?.name === 'AsyncFunction';
    this.requestID = undefined;
    this.whenIdle = () => {}; // what the end of all pending work means for the invocation
  }

  async handleOnceNonStreaming(answer) {
    const { headers, body } = await this.api.next(answer);
    this.requestID = globalThis[REQUEST_ID] = headers['lambda-runtime-aws-request-id'];
    tenantID = headers['lambda-runtime-aws-tenant-id'];
    const { context, callback } = this.completions();
    try {
      const result = this.handler(JSON.parse(body), fillContext(context, headers), callback);
      if (isThenable(result)) result.then(context.succeed, context.fail).catch(context.fail);
    } catch (error) {
      callback(error);
    }
  }

  /** The ways in which a handler may say that it is done; only the first that works counts. */
  completions() {
    let finished = false;
    let waits = true;
    const once = (complete) => (...values) => {
      if (finished) return;
      complete(...values);
      finished = true;
    };
    const isFailure = (error) => error !== undefined && error !== null;
    const done = (error, result) => {
      this.whenIdle = () => {};
      if (isFailure(error)) this.failed(error);
      else this.succeeded(result);
    };
    this.whenIdle = () => {
      finished = true;
      if (this.isAsync) this.failed(new NodeJsExit('The process had nothing more to do while a Promise was never settled'));
      else this.succeeded(null);
    };
    const callback = (error, result) => {
      if (isFailure(error) || !waits) return done(error, result);
      this.whenIdle = () => {
        this.whenIdle = () => {};
        setImmediate(() => this.succeeded(result));
      };
    };
    const context = {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
      succeed: once((result) => done(null, result)),
      fail: once((error) => (isFailure(error) ? done(error, null) : done('handled'))),
      done: once(done),
    };
    return { context, callback: once(callback) };
  }

  succeeded(result) {
    this.finish('response', resultText(result));
  }

  failed(error) {
    logError('Invoke Error', error);
    this.finish('error', JSON.stringify(errorObject(error)));
  }

  finish(kind, text) {
    this.whenIdle = () => {};
    this.handleOnceNonStreaming(this.api.request(`invocation/${this.requestID}/${kind}`, text));
  }

  /** Reports an error that no handler caught, then ends the process. */
  crashed(error, code) {
    const then = () => process.exit(code);
    const object = errorObject(error);
    const text = JSON.stringify(object);
    if (this.requestID) return this.api.post(`invocation/${this.requestID}/error`, text, '', then);
    const type = String(object.errorType).replace(/[^\x20-\x7e]/g, '?');
    this.api.post('init/error', text, `Lambda-Runtime-Function-Error-Type: ${type}\r\n`, then);
  }
}

// --- Finding the handler.

/** Whether the nearest package.json makes .js files ES modules. */
function isModuleFolder(folder) {
  for (; !folder.endsWith('/node_modules'); folder = path.dirname(folder)) {
    const file = path.join(folder, 'package.json');
    if (fs.existsSync(file)) {
      try {
        return JSON.parse(fs.readFileSync(file, 'utf8'))?.type === 'module';
      } catch (error) {
        console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
        return false;
      }
    }
    if (folder === '/') return false;
  }
  return false;
}

async function loadModule(root, folder, name) {
  const file = path.resolve(root, folder, name);
  const exists = (extension) => fs.existsSync(file + extension);
  const isModule = !exists('') && isModuleFolder(path.dirname(file));
  const typed = Number(process.versions.node.split('.')[0]) >= 24; // such a Node runs TypeScript as it is
  if (exists('')) return require(file);
  if (exists('.js')) return isModule ? import(file + '.js') : require(file + '.js');
  if (exists('.mjs')) return import(file + '.mjs');
  if (exists('.cjs')) return require(file + '.cjs');
  if (typed && exists('.ts')) return isModule ? import(file + '.ts') : require(file + '.ts');
  if (typed && exists('.mts')) return import(file + '.mts');
  if (typed && exists('.cts')) return require(file + '.cts');
  return require(require.resolve(name, { paths: [root, folder] }));
}

async function loadHandler(root, handler) {
  if (handler.includes('..')) {
    throw new MalformedHandlerName(
      `'${handler}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  }
  const base = path.basename(handler);
  const folder = handler.slice(0, handler.indexOf(base));
  const dot = base.indexOf('.');
  if (dot < 0) throw new MalformedHandlerName('Bad handler');
  let found;
  try {
    found = await loadModule(root, folder, base.slice(0, dot));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === 'MODULE_NOT_FOUND') throw new ImportModuleError(error);
    throw error;
  }
  for (const key of base.slice(dot + 1).split('.')) found = found && found[key];
  if (!found) throw new HandlerNotFound(`${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new HandlerNotFound(`${handler} is not a function`);
  return found;
}

// --- Start.

function readExactly(descriptor, count) {
  const bytes = Buffer.alloc(count);
  for (let have = 0; have < count;) {
    const more = fs.readSync(descriptor, bytes, have, count - have, null);
    if (more === 0) process.exit(0); // the sandbox is given up before it was used
    have += more;
  }
  return bytes;
}

/** Says that all is loaded, waits for the environment, and makes it this process's own. */
function park(descriptor) {
  fs.writeSync(descriptor, 'R');
  const message = readExactly(descriptor, readExactly(descriptor, 4).readUInt32BE(0));
  fs.closeSync(descriptor);
  for (const name of Object.keys(environment)) delete environment[name];
  for (const entry of message.toString('utf8').split('\0')) {
    const equals = entry.indexOf('=');
    if (equals > 0) environment[entry.slice(0, equals)] = entry.slice(equals + 1);
  }
}

/** Runs through the code of an invocation once, against no one, so that it is compiled before the first event comes. */
async function rehearse() {
  const api = new RuntimeAPI('127.0.0.1:9001');
  const written = [];
  api.socket = { ref() {}, unref() {}, write: (text) => written.push(text), destroyed: false };
  const runtime = new Runtime(api, async (event) => event);
  const said = 'HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n';
  const event = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: rehearsal\r\n'
    + 'Lambda-Runtime-Deadline-Ms: 1\r\nLambda-Runtime-Trace-Id: none\r\nContent-Length: 14\r\n\r\n{"a":[1,"b"]}\n';
  runtime.handleOnceNonStreaming();
  for (const bytes of [event, said + event, said, event]) {
    api.received(Buffer.from(bytes));
    await new Promise(setImmediate);
  }
  logText('INFO', 'rehearsal');
  const file = `/tmp/.rehearsal-${process.pid}.mjs`;
  try {
    fs.writeFileSync(file, 'export const handler = 1');
    await import(file); // the loader of ES modules takes long to start
    fs.unlinkSync(file);
  } catch {
    // without a folder to write to, the first ES module is slower
  }
  globalThis[REQUEST_ID] = undefined;
  delete process.env[TRACE];
}

function setPaths() {
  const major = process.versions.node.split('.')[0];
  process.env.NODE_PATH ??= `/opt/nodejs/node${major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules`;
  Module._initPaths();
}

/** Has functions that stream their responses say at once that this is not served, and what to do. */
function refuseStreaming() {
  const refuse = () => {
    throw new StreamingNotServed(
      'Response streaming is not served yet. Export a handler that returns its response, without awslambda.streamifyResponse.');
  };
  globalThis.awslambda = { streamifyResponse: refuse, HttpResponseStream: { from: refuse } };
}

/** Has the first `fetch` see to it that it takes the proxy; until then nothing of it is loaded. */
function leadFetchOut() {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'fetch');
  if (typeof own?.value !== 'function' || !own.configurable) return;
  const direct = own.value;
  let isLed = false;
  const fetch = (input, init = undefined) => {
    if (!isLed) {
      isLed = true;
      require('./proxy.js').install();
    }
    return direct(input, init);
  };
  Object.defineProperty(globalThis, 'fetch', { ...own, value: fetch });
}

async function run() {
  keepTraceBeside();
  let api;
  if (process.env.MARTLET_PARK_FD) {
    const descriptor = Number(process.env.MARTLET_PARK_FD);
    await rehearse();
    process.stdout.write('');
    api = new RuntimeAPI('127.0.0.1:9001');
    if (!(await new Promise((then) => api.connect(then)))) api = undefined;
    park(descriptor);
  }
  if (api?.address !== process.env.AWS_LAMBDA_RUNTIME_API) {
    api?.socket.destroy();
    api = new RuntimeAPI(process.env.AWS_LAMBDA_RUNTIME_API);
  }
  api.socket?.unref();
  patchConsole();
  const runtime = new Runtime(api, () => {});
  process.on('uncaughtException', (error) => {
    logError('Uncaught Exception', error);
    runtime.crashed(error, 129);
  });
  process.on('unhandledRejection', (reason, promise) => {
    const error = new UnhandledPromiseRejection(reason, promise);
    logError('Unhandled Promise Rejection', error);
    runtime.crashed(error, 128);
  });
  process.on('beforeExit', () => runtime.whenIdle());
  setPaths();
  leadFetchOut();
  refuseStreaming();
  const root = process.env.LAMBDA_TASK_ROOT ?? '/var/task';
  if (fs.existsSync(root)) process.chdir(root);
  try {
    runtime.handler = await loadHandler(root, process.env._HANDLER);
  } catch (error) {
    logError('Uncaught Exception', error);
    return runtime.crashed(error, 129);
  }
  runtime.isAsync = runtime.handler.constructor?.name === 'AsyncFunction';
  runtime.handleOnceNonStreaming();
}

run();
