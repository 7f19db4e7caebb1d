'use strict';

/*
 * Leads `fetch` through the proxy that the environment names, which a Node.js that was parked before it had an environment
 * does not do by itself (and no version before 24 does).
 *
 * Loaded by the first `fetch`. Node's own `fetch` sends through a dispatcher that lies under a well-known symbol; this puts
 * one in its place that asks a proxy for `http://` in absolute form, and tunnels to everything else with CONNECT
 * (RFC 9110 section 9.3.6). Whoever has set a dispatcher of their own keeps it.
 */

const net = require('node:net');
const tls = require('node:tls');

const DISPATCHER = Symbol.for('undici.globalDispatcher.1');
const HEAD_LIMIT = 16384;
const PATIENCE = 10_000; // milliseconds for a connection, its tunnel and its handshake, as Node's own

const bare = (host) => host.replace(/^\[|\]$/g, '');
const variable = (name) => process.env[name.toLowerCase()] || process.env[name] || '';

/** The proxy for a scheme; undefined where there is none that is understood. */
function proxyFor(scheme) {
  const text = variable(`${scheme}_PROXY`);
  if (!text) return undefined;
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`);
    return url.protocol === 'http:' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The hosts that are reached without a proxy: names and the names below them, each perhaps with a port, or a star for all. */
function directHosts() {
  return variable('NO_PROXY').toLowerCase().split(/[\s,]+/).filter(Boolean).map((entry) => {
    const isBareIPv6 = entry.split(':').length > 2 && !entry.startsWith('[');
    const [, host, port] = isBareIPv6 ? [entry, entry] : /^(.*?)(?::(\d+))?$/.exec(entry);
    return { host: bare(host.replace(/^\*?\./, '')), all: host === '*', port };
  });
}

const portOf = (url) => url.port || (url.protocol === 'https:' ? '443' : '80');
function isDirect(url, hosts) {
  const name = bare(url.hostname.toLowerCase());
  return hosts.some(({ host, all, port }) => (!port || port === portOf(url))
    && (all || name === host || name.endsWith(`.${host}`)));
}

/** What a proxy said that does not make a tunnel: the sentence in its answer, if it is Martlet's own. */
function refusal(head, body) {
  let reason = head.split('\r\n', 1)[0];
  try {
    const { message, remedy } = JSON.parse(body);
    reason = `${reason}: ${message} ${remedy}`;
  } catch {
    // some other proxy
  }
  return Object.assign(new Error(`The proxy made no tunnel: ${reason}`), { code: 'ERR_PROXY_TUNNEL' });
}

/** The words with which a proxy's address says who asks. */
function login(proxy) {
  if (!proxy.username) return '';
  const words = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Proxy-Authorization: Basic ${Buffer.from(words).toString('base64')}\r\n`;
}

/** Has a proxy make a tunnel; `then` gets an error or the socket. */
function tunnel(proxy, target, then) {
  const socket = net.connect({ host: bare(proxy.hostname), port: Number(proxy.port || 80), noDelay: true });
  let received = Buffer.alloc(0);
  const listeners = {
    connect: () => socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login(proxy)}\r\n`),
    data: (bytes) => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf('\r\n\r\n');
      const isOpen = end >= 0 && /^HTTP\/1\.[01] 2\d\d[ \r]/.test(received.toString('latin1', 0, end));
      // In a tunnel to TLS the client speaks first. Where there is none the proxy says why, and closes.
      if (isOpen) finish(received.length > end + 4 ? new Error('The tunnel does not begin with TLS') : null);
      else if (received.length > HEAD_LIMIT) finish(new Error('The proxy sent an endless answer'));
    },
    end: () => {
      const [head, ...body] = received.toString().split('\r\n\r\n');
      finish(refusal(head, body.join('')));
    },
    error: (error) => finish(error),
    timeout: () => finish(Object.assign(new Error('The proxy does not answer'), { code: 'ETIMEDOUT' })),
  };
  function finish(error) {
    for (const [name, listener] of Object.entries(listeners)) socket.removeListener(name, listener);
    socket.setTimeout(0);
    if (error) socket.on('error', () => {}).destroy();
    then(error, socket);
  }
  for (const [name, listener] of Object.entries(listeners)) socket.on(name, listener);
  socket.setTimeout(PATIENCE);
}

/** Makes the connections of one kind of dispatcher: through a tunnel and TLS, or plainly to the proxy itself. */
function connector(proxy) {
  return (options, then) => {
    const host = bare(options.hostname);
    if (options.protocol !== 'https:') {
      const socket = net.connect({ host, port: Number(options.port || 80), noDelay: true });
      const fail = (error) => then(error);
      socket.once('error', fail);
      socket.once('connect', () => {
        socket.removeListener('error', fail);
        then(null, socket);
      });
      return;
    }
    const target = `${options.hostname.includes(':') ? `[${host}]` : host}:${options.port || 443}`;
    tunnel(proxy, target, (error, plain) => {
      if (error) return then(error);
      const socket = tls.connect({
        socket: plain, servername: options.servername || (net.isIP(host) ? '' : host), host, ALPNProtocols: ['http/1.1'],
      });
      socket.setTimeout(PATIENCE, () => socket.destroy(new Error('The TLS handshake takes too long')));
      socket.once('error', then);
      socket.once('secureConnect', () => {
        socket.removeListener('error', then);
        socket.setTimeout(0);
        then(null, socket);
      });
      return undefined;
    });
  };
}

/** The headers of a request with the host's own in front, in whichever form they come. */
function withHost(headers, host) {
  if (Array.isArray(headers)) return ['host', host, ...headers];
  if (headers && typeof headers[Symbol.iterator] === 'function') return [['host', host], ...headers];
  return { host, ...headers };
}

/** Puts the dispatcher in place, unless somebody else's is there. */
function install() {
  void globalThis.Headers; // loads what makes Node's own dispatcher
  const own = globalThis[DISPATCHER];
  const [plain, secure, hosts] = [proxyFor('HTTP'), proxyFor('HTTPS'), directHosts()];
  if (own?.constructor?.name !== 'Agent' || !(plain || secure)) return;
  const Agent = own.constructor;
  const through = secure && new Agent({ connect: connector(secure) });
  class ProxyAgent extends Agent {
    dispatch(options, handler) {
      const url = new URL(String(options.origin));
      if (isDirect(url, hosts)) return own.dispatch(options, handler);
      if (url.protocol === 'https:' && through) return through.dispatch(options, handler);
      if (url.protocol !== 'http:' || !plain) return own.dispatch(options, handler);
      return super.dispatch({
        ...options, origin: plain.origin, path: url.origin + options.path, headers: withHost(options.headers, url.host),
      }, handler);
    }
  }
  globalThis[DISPATCHER] = new ProxyAgent({ connect: connector(plain) });
}

module.exports = { install };
