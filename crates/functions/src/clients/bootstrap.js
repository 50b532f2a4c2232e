// Portcullis's client of the Lambda Runtime API for Node: loads the handler, and asks for events until it is ended.
'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');
const util = require('util');
const { pathToFileURL } = require('url');

const [host, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
const BASE = '/2018-06-01/runtime/';
let requestId = '';

function ask(method, name, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, agent, path: BASE + name, headers };
    if (body !== undefined) options.headers['Content-Length'] = Buffer.byteLength(body);
    const request = http.request(options, (response) => {
      const pieces = [];
      response.on('data', (piece) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(pieces) }));
    });
    request.setNoDelay(true);
    request.on('error', reject);
    request.end(body);
  });
}

class Fault extends Error {
  constructor(kind, message) {
    super(message);
    this.name = kind;
  }
}

// What a caller sees of an error.
function documentOf(error) {
  if (util.types.isNativeError(error) || error instanceof Error) {
    return {
      errorType: error.name,
      errorMessage: error.message,
      trace: String(error.stack || '').split('\n'),
    };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function kindOf(error) {
  return String(documentOf(error).errorType).replace(/[^\x20-\x7e]/g, '?').slice(0, 128);
}

// Lambda's log lines: time, request, level, text.
function patchConsole() {
  const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', warn: 'WARN', error: 'ERROR', trace: 'TRACE', fatal: 'FATAL' };
  for (const [name, level] of Object.entries(levels)) {
    console[name] = (...values) => {
      const text = util.format(...values).replace(/\n/g, '\r');
      writeAll(`${new Date().toISOString()}\t${requestId || 'undefined'}\t${level}\t${text}\n`);
    };
  }
}

// Printed is printed, even if the process ends in the next moment.
function writeAll(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += fs.writeSync(1, bytes, at);
    } catch (error) {
      if (error.code !== 'EAGAIN') return;
    }
  }
}

function find(root, name) {
  for (const end of ['', '.js', '.mjs', '.cjs']) {
    const candidate = path.resolve(root, name + end);
    if (end === '' ? false : fs.existsSync(candidate)) return candidate;
  }
  return null;
}

async function loadModule(root, name) {
  const file = find(root, name);
  try {
    if (file === null) return require(require.resolve(name, { paths: [root, path.join(root, 'node_modules')] }));
    if (file.endsWith('.mjs') || (file.endsWith('.js') && isModule(path.dirname(file), root))) {
      return await import(pathToFileURL(file).href);
    }
    return require(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw named(error, 'Runtime.UserCodeSyntaxError');
    if (error && error.code === 'MODULE_NOT_FOUND') throw named(error, 'Runtime.ImportModuleError', `Error: ${error.message}`);
    throw error;
  }
}

function isModule(folder, root) {
  for (let at = folder; at.startsWith(root); at = path.dirname(at)) {
    const manifest = path.join(at, 'package.json');
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, 'utf8')).type === 'module';
    if (at === root) break;
  }
  return false;
}

function named(error, kind, message = error.message) {
  const fault = new Fault(kind, message);
  fault.stack = `${kind}: ${message}\n${error.stack || ''}`;
  return fault;
}

async function load(root, handler) {
  const base = path.basename(handler);
  const parts = base.match(/^([^.]*)\.(.+)$/);
  if (handler.includes('..') || !parts) throw new Fault('Runtime.MalformedHandlerName', `Bad handler '${handler}'`);
  const moduleName = path.join(path.dirname(handler), parts[1]);
  const loaded = await loadModule(root, moduleName);
  const walk = (from) => parts[2].split('.').reduce((value, key) => (value == null ? value : value[key]), from);
  const found = walk(loaded) ?? walk(loaded.default);
  if (found === undefined) throw new Fault('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function') throw new Fault('Runtime.HandlerNotFound', `${handler} is not a function`);
  return found;
}

function contextOf(headers, settle) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const client = headers['lambda-runtime-client-context'];
  const context = {
    callbackWaitsForEmptyEventLoop: true,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: client ? JSON.parse(client) : undefined,
    identity: undefined,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    getRemainingTimeInMillis: () => Math.max(deadline - Date.now(), 0),
    done: (error, result) => settle(context, error, result),
    succeed: (result) => settle(context, null, result),
    fail: (error) => settle(context, error ?? 'handled', undefined),
  };
  return context;
}

// Runs the handler; answers when its promise settles, or when its callback was called and nothing else is left to do.
function run(handler, event, headers) {
  return new Promise((resolve, reject) => {
    let pending = null;
    const finish = () => (pending.failed ? reject(pending.error) : resolve(pending.result));
    const settle = (context, error, result) => {
      if (pending) return;
      pending = { failed: error !== null && error !== undefined, error, result };
      if (context.callbackWaitsForEmptyEventLoop) process.once('beforeExit', finish);
      else finish();
    };
    process.removeAllListeners('beforeExit');
    process.once('beforeExit', () => {
      if (!pending) resolve(null);
    });
    const context = contextOf(headers, settle);
    const returned = handler(event, context, (error, result) => settle(context, error, result));
    if (returned && typeof returned.then === 'function') returned.then(resolve, reject);
  });
}

async function serve(handler) {
  const next = await ask('GET', 'invocation/next');
  if (next.status !== 200) process.exit(1);
  requestId = next.headers['lambda-runtime-aws-request-id'];
  const trace = next.headers['lambda-runtime-trace-id'];
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  const id = requestId;
  try {
    const result = await run(handler, JSON.parse(next.body.toString('utf8')), next.headers);
    const text = JSON.stringify(result === undefined ? null : result);
    await ask('POST', `invocation/${id}/response`, text === undefined ? 'null' : text, { 'Content-Type': 'application/json' });
  } catch (error) {
    console.error('Invoke Error', '\t', JSON.stringify(documentOf(error)));
    await post(`invocation/${id}/error`, error);
  }
}

function post(name, error) {
  const headers = { 'Content-Type': 'application/json', 'Lambda-Runtime-Function-Error-Type': kindOf(error) };
  return ask('POST', name, JSON.stringify(documentOf(error)), headers);
}

// An error that nobody catches is the invocation's, and the instance's end.
function watchErrors() {
  const end = (error, status) => {
    console.error('Uncaught Exception', '\t', JSON.stringify(documentOf(error)));
    const name = requestId ? `invocation/${requestId}/error` : 'init/error';
    agent.destroy();
    post(name, error).finally(() => process.exit(status));
  };
  process.on('uncaughtException', (error) => end(error, 129));
  process.on('unhandledRejection', (error) => end(named(Object(error), 'Runtime.UnhandledPromiseRejection', String(error)), 128));
}

async function main() {
  patchConsole();
  watchErrors();
  let handler;
  try {
    handler = await load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER);
  } catch (error) {
    console.error('Uncaught Exception', '\t', JSON.stringify(documentOf(error)));
    await post('init/error', error);
    process.exit(1);
  }
  for (;;) await serve(handler);
}

main();
