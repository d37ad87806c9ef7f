import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { TEST_SECRET } from '../support/app.js';

export type Environment = Readonly<Record<string, string>>;

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const children: ChildProcessWithoutNullStreams[] = [];

/** A test that failed may have left its server running. */
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A child process and everything it has said so far. */
export class Child {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Finished>;

  constructor(readonly process: ChildProcessWithoutNullStreams) {
    children.push(process);
    process.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    process.stdin.on('error', () => undefined); // a command that refuses need not read it
    this.ended = new Promise((resolve, reject) => {
      process.on('error', reject);
      process.on('close', (code) => resolve({ code, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Waits until the standard output holds this. */
  async says(text: string): Promise<void> {
    let ended = false;
    void this.ended.then(() => (ended = true));
    while (!this.stdout.includes(text)) {
      if (ended) throw new Error(`it ended without "${text}":\n${this.stdout}\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

interface Start {
  readonly cwd: string;
  readonly env?: Environment;
}

/** An empty working directory, so that no .env and no data are found. */
export async function emptyFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'hallpass-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Starts a compiled entry point, with none of this process's own settings. */
export function start(entry: string, args: readonly string[], { cwd, env }: Start): Child {
  return new Child(spawn(process.execPath, [compiled(entry), ...args], { cwd, env: basic(env) }));
}

/** Starts it on a terminal of its own (python's pty), where standard output and error are one. */
export function startOnTerminal(
  entry: string,
  args: readonly string[],
  { cwd, env }: Start,
): Child {
  const script = `
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))`;
  const command = ['-c', script, process.execPath, compiled(entry), ...args];
  return new Child(spawn('python3', command, { cwd, env: basic(env) }));
}

export const hasTerminal =
  spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode']).status === 0;

/** Runs `npm run hallpass -- …` as compiled, and waits for its end. */
export function hallpass(
  args: readonly string[],
  { input = '', ...options }: Start & { input?: string | Buffer },
): Promise<Finished> {
  const child = start('cli', args, options);
  child.process.stdin.end(input);
  return child.ended;
}

/** What a command printed with `--json`; where that is none, why is told by what it said instead. */
export function json<T>({ code, stdout, stderr }: Finished): T {
  if (stdout !== '') return JSON.parse(stdout) as T;
  throw new Error(`it printed nothing and ended with ${code}: ${stderr}`);
}

export interface Server extends Child {
  readonly url: string;
  /** Waits until it has answered what runs, and ended. */
  stop(): Promise<Finished>;
}

/** Starts the compiled server on a free port, and waits until it listens. */
export async function startServer({ cwd, env = testing }: Start): Promise<Server> {
  return listening(start('main', [], { cwd, env: { PORT: '0', ...env } }));
}

/** Waits until it listens. */
export async function listening(child: Child): Promise<Server> {
  await child.says('Issuer');
  const port = /Hallpass is listening on \S+:(\d+)/.exec(child.stdout)?.[1];
  const stop = () => {
    child.process.kill('SIGTERM');
    return child.ended;
  };
  return Object.assign(child, { url: `http://127.0.0.1:${port}`, stop });
}

/** Cheap hashes, and no file for the secret. */
export const testing: Environment = {
  NODE_ENV: 'test',
  PASSWORD_COST: '4',
  AUTH_SECRET: TEST_SECRET,
};

function basic(env: Environment = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', ...env };
}

function compiled(entry: string): string {
  return fileURLToPath(new URL(`../../dist/src/${entry}.js`, import.meta.url));
}
