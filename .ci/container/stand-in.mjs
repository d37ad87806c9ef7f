// Does what `docker build` and `docker run` would, where there is no engine: each stage in a clean folder
// that is the root of what runs in it. It needs root, and a machine that has what the build images have.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { execForm, readAllowList, readStages } from './stages.mjs';

const IN_ROOT = join(import.meta.dirname, 'in-root');
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** How this machine reaches the registry; an engine hands these to a build, too. */
const NETWORK = ['NODE_EXTRA_CA_CERTS', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

/** What comes from the build context is root's; what comes from a stage keeps its owner. */
const ROOTS_OWN = ['--no-preserve=ownership'];

/** Builds the stages, those that do not wait for each other at the same time. */
export async function build() {
  const scratch = mkdtempSync(join(tmpdir(), 'hallpass-'));
  const machine = { scratch, env: layMachine(scratch) };
  const stages = new Map();
  for (const stage of readStages(readFileSync('Dockerfile', 'utf8'))) {
    stages.set(stage.name, buildStage(stage, machine, stages));
  }
  const remove = () => rmSync(scratch, { recursive: true });
  const outcomes = await Promise.allSettled(stages.values()); // all of them: they write into scratch
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) remove();
  if (failed) throw failed.reason;
  const { healthcheck, command, ...image } = outcomes.at(-1).value;
  return {
    healthcheck,
    start: (env, words = command, mode = 'ro') => run(image, machine, { env, mode, words }),
    remove,
  };
}

/** The build context, and what in-root needs to know of this machine. */
function layMachine(scratch) {
  mkdirSync(join(scratch, 'context'));
  for (const name of readAllowList(readFileSync('.dockerignore', 'utf8'))) {
    copy('.', name, join(scratch, 'context', name), ROOTS_OWN);
  }
  const links = join(scratch, 'links');
  for (const path of ['bin/node', 'bin/npm', 'bin/npx', 'include/node']) {
    mkdirSync(join(links, dirname(path)), { recursive: true });
    symlinkSync(join('/opt/node', path), join(links, path));
  }
  const NPM_CACHE = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim();
  mkdirSync(NPM_CACHE, { recursive: true });
  return { NPM_CACHE, NODE_LINKS: links, NODE_PREFIX: resolve(process.execPath, '../..') };
}

async function buildStage({ name, steps }, machine, stages) {
  const root = join(machine.scratch, `stage-${name}`);
  const image = { root, env: { PATH, HOME: '/root' }, user: '0:0', folder: '/', volumes: [] };
  mkdirSync(join(root, 'root'), { recursive: true });
  for (const step of steps) {
    const take = STEPS[step.keyword];
    if (!take) throw new Error(`the stand-in does not know ${step.keyword}`);
    await take(image, step, machine, stages);
  }
  return image;
}

const nothing = () => undefined;
const STEPS = {
  LABEL: nothing,
  EXPOSE: nothing,
  ENV(image, { words }) {
    for (const word of words) {
      const [, name, value] = /^(\w+)=(.*)$/s.exec(word);
      image.env[name] = value;
    }
  },
  WORKDIR(image, { words }) {
    image.folder = resolve(image.folder, words[0]);
    mkdirSync(join(image.root, image.folder), { recursive: true });
  },
  USER(image, { words }) {
    if (!/^\d+:\d+$/.test(words[0])) throw new Error('USER is not two numbers');
    image.user = words[0];
    image.env.HOME = '/home/node';
  },
  VOLUME: (image, step) => void image.volumes.push(...execForm(step)),
  CMD: (image, step) => void (image.command = execForm(step)),
  HEALTHCHECK: (image, step) => void (image.healthcheck = execForm(step)),
  async COPY(image, { flags, words }, { scratch }, stages) {
    const stage = flags.get('from');
    const from = stage ? (await stages.get(stage)).root : join(scratch, 'context');
    const to = words.at(-1);
    for (const source of words.slice(0, -1)) {
      const target = resolve('/', image.folder, to, to.endsWith('/') ? basename(source) : '');
      copy(from, source, join(image.root, target), stage ? [] : ROOTS_OWN);
    }
  },
  async RUN(image, { text }, machine) {
    console.log(`RUN ${text}`);
    const words = ['/bin/sh', '-c', text];
    const child = run(image, machine, { env: networkOf(process.env), mode: 'rw', words });
    child.stdout.pipe(process.stdout, { end: false });
    const [status] = await once(child, 'close');
    if (status !== 0) throw new Error(`RUN ${text}: exit code ${status}`);
  },
};

/** A file to a file, or what is in a folder into a folder. */
function copy(from, source, target, options) {
  mkdirSync(dirname(target), { recursive: true });
  const isFolder = statSync(join(from, source)).isDirectory();
  const what = join(from, source, isFolder ? '.' : '');
  execFileSync('cp', ['-a', ...options, what, target]);
}

function run({ root, env, user, folder, volumes }, machine, { env: more, mode, words }) {
  return spawn(IN_ROOT, [root, mode, user, folder, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...machine.env, ...env, ...more, VOLUMES: volumes.join(' ') },
  });
}

function networkOf(env) {
  return Object.fromEntries(NETWORK.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
