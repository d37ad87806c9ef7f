// Where the time of a guarded request goes: V8's sampling profiler in the server, under the load of `guarded`.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { hallpass } from './contenders.mjs';
import { start } from './contender.mjs';
import { closedLoop, guardedCall, WARM_SECONDS } from './load.mjs';
import { apart, describeMachine } from './machine.mjs';
import { table } from './results.mjs';
import { figure } from './statistics.mjs';

const TOP = 10;
const NAMED_FUNCTIONS = 3;

export async function profile({ seconds, database }) {
  const head = describeMachine({ packages: ['fastify', '@nestjs/core'] });
  const pins = apart();
  const recorder = fileURLToPath(new URL('recorder.mjs', import.meta.url));
  const contender = hallpass(database, { nodeArguments: ['--import', recorder] });
  const server = await start(contender, { cores: pins.server, ipc: true });
  try {
    const call = await guardedCall(server);
    await closedLoop({ ...call, seconds: WARM_SECONDS }, pins);
    await ask(server, 'start');
    const { requests } = await closedLoop({ ...call, seconds }, pins);
    const owners = byOwner(await ask(server, 'stop'));
    const total = owners.reduce((sum, { us }) => sum + us, 0);
    return {
      profile: [
        `${head} ${seconds} s, ${figure(requests)} requests. ${pins.note}`,
        '',
        table(
          ['', 'share', 'µs a request', 'mostly in'],
          owners
            .slice(0, TOP)
            .map(({ owner, us, functions }) => [
              owner,
              `${figure((us / total) * 100, 1)} %`,
              figure(us / requests, 2),
              mostly(functions, total),
            ]),
        ),
      ].join('\n'),
    };
  } finally {
    await server.stop();
  }
}

/**
 * Sums self time by whose code it is: a file of ours, a package, a part of Node.
 *
 * @param recorded a profile as V8 writes it
 * @returns `{ owner, us, functions: [name, us][] }`, the largest first; without waiting, and without the profiler
 */
export function byOwner({ nodes, samples, timeDeltas }) {
  const times = new Map(nodes.map(({ id }) => [id, 0]));
  samples.forEach((id, i) => times.set(id, times.get(id) + timeDeltas[i]));
  const owners = new Map();
  const profiler = profilersOwn(nodes);
  for (const { id, callFrame } of nodes) {
    const { functionName, url } = callFrame;
    if (functionName === '(idle)' || profiler.has(id)) continue;
    const owner = ownerOf(functionName, url);
    const functions = owners.get(owner) ?? new Map();
    owners.set(owner, functions);
    const name = functionName === '' ? 'nameless' : `\`${functionName}\``;
    functions.set(name, (functions.get(name) ?? 0) + times.get(id));
  }
  return [...owners]
    .map(([owner, functions]) => {
      const sorted = [...functions].toSorted(([, a], [, b]) => b - a);
      const us = sorted.reduce((sum, [, time]) => sum + time, 0);
      return { owner, us, functions: sorted };
    })
    .toSorted((a, b) => b.us - a.us);
}

/** What recorder.mjs called to start and to stop, with all below. */
function profilersOwn(nodes) {
  const children = new Map(nodes.map((node) => [node.id, node.children ?? []]));
  const own = new Set();
  const add = (id) => {
    own.add(id);
    children.get(id).forEach(add);
  };
  for (const { id, callFrame } of nodes) if (callFrame.url.startsWith('node:inspector')) add(id);
  return own;
}

function ownerOf(functionName, url) {
  const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name) return name;
  const [, file] = /\/dist\/(src\/.*)\.js$/.exec(url) ?? [];
  if (file) return `our ${file}.ts`;
  const [, part] = /^node:(?:internal\/)?_?([a-z]+)/.exec(url) ?? [];
  if (part) return `Node: ${part}`;
  return functionName.startsWith('(') ? `V8: ${functionName.slice(1, -1)}` : "Node's native code";
}

function mostly(functions, total) {
  return functions
    .slice(0, NAMED_FUNCTIONS)
    .map(([name, us]) => `${name} ${figure((us / total) * 100, 1)} %`)
    .join(', ');
}

async function ask({ child }, message) {
  const answer = once(child, 'message');
  child.send(message);
  return (await answer)[0];
}
