// What the figures were measured on, and which core does what.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** The interpreter that sees Debian's packages, whatever else comes first on the PATH. */
export const PYTHON = '/usr/bin/python3';

/** Before anything was measured here; over a minute, as systems count. */
const [loadBefore] = loadavg();

/** Cores that this process may use; none where pinning is not possible. */
const cores = hasTaskset() ? allowedCores() : [];

/**
 * A core for the server and another for the load generator, so that neither takes from the other and
 * the server of each contender has the same: one core, its garbage collector's threads included.
 */
export function apart() {
  if (cores.length < 2) return { note: notPinned() };
  const [server, ...others] = cores;
  const load = others.find((core) => !siblings(server).includes(core)) ?? others[0];
  return {
    server: String(server),
    load: String(load),
    note: `The server is pinned to core ${server}, the load generator to core ${load}.`,
  };
}

/**
 * While people sign in, the server's threads that hash need cores of their own. So the load generator
 * gets one core only where at least three are left for the server.
 */
export function together() {
  if (cores.length < 4) {
    const reason =
      cores.length === 0
        ? notPinned()
        : `Not pinned: on ${cores.length} cores the server's hashing threads need both, and the system shares them out.`;
    return { note: reason };
  }
  const load = cores.at(-1);
  return {
    server: cores.slice(0, -1).join(','),
    load: String(load),
    note: `The load generator is pinned to core ${load}, the server may use the ${cores.length - 1} others.`,
  };
}

/**
 * One line for the head of each part of RESULTS.md.
 *
 * @param packages of npm that had a part in it
 * @param python whether FastAPI had
 */
export function describeMachine({ packages = [], python = false } = {}) {
  const [{ model }] = cpus();
  const versions = [
    `Node ${process.version}`,
    ...packages.map((name) => `${name} ${versionOf(name)}`),
    ...(python ? pythonVersions() : []),
  ];
  const busy =
    loadBefore > cpus().length / 2 ? ' **The machine was busy with something else.**' : '';
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} × ${model.trim()}, load average ${loadBefore.toFixed(2)} before; ${versions.join(', ')}.${busy}`;
}

/** Not by import: some packages do not export their package.json. */
function versionOf(name) {
  const file = new URL(`../node_modules/${name}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')).version;
}

function pythonVersions() {
  const script = `
import platform
from importlib.metadata import version
names = ["fastapi", "uvicorn", "uvloop", "httptools", "python-jose", "passlib", "bcrypt"]
print("\\n".join(["Python " + platform.python_version()] + [n + " " + version(n) for n in names]))`;
  try {
    return execFileSync(PYTHON, ['-c', script], { encoding: 'utf8', stdio: 'pipe' })
      .trim()
      .split('\n');
  } catch {
    return []; // then its rows say that it is missing
  }
}

function hasTaskset() {
  return process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0;
}

function notPinned() {
  return hasTaskset()
    ? 'Not pinned: there is only one core.'
    : 'Not pinned: there is no `taskset` here.';
}

function allowedCores() {
  const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return readList(list);
}

/** Two hardware threads of one core are slower than two cores. */
function siblings(core) {
  const file = `/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`;
  try {
    return readList(readFileSync(file, 'utf8').trim());
  } catch {
    return [];
  }
}

/** `0-2,5` is 0, 1, 2 and 5. */
function readList(text) {
  return text.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
