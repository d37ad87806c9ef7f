// Load comes from a process of its own, which can be pinned and shares no event loop with anything.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, signIn, start } from './contender.mjs';

const CONNECTIONS = 32;
/** Long enough for V8 to have compiled the path, and for each of the caches to be full. */
export const WARM_SECONDS = 2;

/** Starts a contender, warms it, and calls its guarded route with a token as fast as it answers. */
export function measureGuarded(contender, seconds, pins) {
  return withServer(contender, pins, async (server) => {
    const call = await guardedCall(server);
    return measureWarm(server, seconds, (time) => closedLoop({ ...call, seconds: time }, pins));
  });
}

export async function withServer(contender, pins, work) {
  const server = await start(contender, { cores: pins.server });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/**
 * Puts a load on a server twice, and measures the second time.
 *
 * @param load `(seconds, printed) => printed`: what a generator prints, and printed before
 * @returns `rate` a second, `p99` in ms, `cpu` in µs of the server's process per request, `busy` as the
 * share of a core it used; `generatorBusy` likewise
 */
export async function measureWarm(server, seconds, load) {
  const warm = await load(WARM_SECONDS);
  const before = cpuSeconds(server);
  const measured = await load(seconds, warm);
  const used = cpuSeconds(server) - before;
  return {
    rate: measured.requests / measured.seconds,
    p99: measured.p99,
    cpu: (used * 1e6) / measured.requests,
    busy: used / measured.seconds,
    generatorBusy: measured.busy,
  };
}

/** What the load generators need to know of a guarded call. */
export async function guardedCall(server) {
  const { path = '/users/me', token = await signIn(server) } = server.contender;
  return { url: `${server.url}${path}`, token, connections: CONNECTIONS };
}

/** The next request on a connection as soon as the last one is answered. */
export function closedLoop(options, pins) {
  return generate('generators/closed-loop.mjs', options, pins);
}

/** Forms, each again as soon as it is answered. */
export function postForms(options, pins) {
  return generate('generators/forms.mjs', options, pins);
}

/** Whole authorization code flows, each as soon as the last one is over. */
export function codeFlows(options, pins) {
  return generate('generators/flows.mjs', options, pins);
}

/** Guarded calls at a fixed rate while people sign in. */
export function stormLoad(options, pins) {
  return generate('generators/storm.mjs', options, pins);
}

/** @returns the JSON that the generator prints */
async function generate(file, options, pins) {
  const node = [process.execPath, fileURLToPath(new URL(file, import.meta.url))];
  const [program, ...args] = pins.load ? ['taskset', '-c', pins.load, ...node] : node;
  return new Promise((resolve, reject) => {
    execFile(program, [...args, JSON.stringify(options)], (error, stdout, stderr) => {
      if (error) return reject(new Error(stderr.trim())); // its own message holds the token
      resolve(JSON.parse(stdout));
    });
  });
}
