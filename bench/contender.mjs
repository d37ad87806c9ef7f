// Starts one of the servers that are compared, and stops it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 5;
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** Linux counts CPU time in these. */
const TICKS_A_SECOND = 100;

const running = new Set();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * A contender (contenders.mjs) is `{ name, command, env, ready, person }`: the program and its arguments,
 * its environment without PORT, `{ path, status }` of the first good answer, and who signs in.
 *
 * @param cores as taskset takes them; not pinned without
 * @param ipc opens a channel to a Node process
 * @returns what is running, and `readyMs`, the time from the spawn to the first good answer
 */
export async function start(contender, { cores, ipc = false } = {}) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const [program, ...args] = cores
    ? ['taskset', '-c', cores, ...contender.command]
    : contender.command;
  const output = [];
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: contender.cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...contender.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? ['ipc'] : [])],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', ({ message }) => output.push(message)); // no such program
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => output.push(text));
  const stop = () => end(child);
  try {
    await answers(`${url}${contender.ready.path}`, contender.ready.status, child);
  } catch (error) {
    await stop();
    const said = output.join('').trim();
    const [fault = ''] = /^.*Error.*$/m.exec(said) ?? [];
    throw new Error(`${error.message}. ${fault}\n${said}`, { cause: error });
  }
  return { contender, url, child, readyMs: performance.now() - began, stop };
}

/** @returns a bearer token, asked for as a person does */
export async function signIn({ url, contender }) {
  const response = await fetch(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', ...contender.person }),
  });
  const { access_token: token } = await response.json();
  if (!token) throw new Error(`a sign-in was answered with ${response.status}`);
  return token;
}

/** @returns CPU seconds that the process and its threads have used so far; NaN where /proc is missing */
export function cpuSeconds({ child }) {
  const stat = read(`/proc/${child.pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND; // utime, stime: proc(5)
}

/** @returns resident memory in MB (10^6 bytes); NaN where /proc is missing */
export function residentMegabytes({ child }) {
  const [, kibibytes] = /^VmRSS:\s*(\d+) kB$/m.exec(read(`/proc/${child.pid}/status`)) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

async function answers(url, status, child) {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const response = await fetch(url).catch(() => null); // nobody listens yet
    await response?.arrayBuffer();
    if (response?.status === status) return;
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw new Error(`it ended with ${ended}`);
    if (performance.now() > deadline) throw new Error(`no ${status} from ${url} within 30 s`);
    await sleep(LOOK_AGAIN_MS);
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const hung = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await once(child, 'exit');
  clearTimeout(hung);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
