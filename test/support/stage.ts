import { spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Child, listening, type Server } from '../cli/processes.js';
import { freePort } from './free-port.js';
import type { Scene, Step } from './transcript.js';

/** Where the pages' servers listen. */
const SHOWN = 'localhost:3000';

interface Played extends Step {
  readonly printed: string;
}

interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Plays a page as a reader does: its servers one after another in a first terminal, and the commands
 * in a second. Both are in a folder as an operator has it, with what has been built and without the
 * tools to build, so no data of this clone is touched and nothing is compiled.
 *
 * @param root the clone whose `dist` is played
 */
export async function play(scenes: readonly Scene[], root = '.'): Promise<Played[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-page-'));
  for (const name of ['package.json', 'dist']) {
    await symlink(resolve(root, name), join(folder, name));
  }
  const port = String(await freePort());
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, PORT: port };
  const terminal = new Terminal({ cwd: folder, env });
  const played: Played[] = [];
  try {
    for (const scene of scenes) {
      const server = scene.server && (await startInShell(scene.server, { cwd: folder, env }));
      try {
        for (const step of scene.steps) {
          const output = await terminal.type(step.command.replaceAll(SHOWN, `localhost:${port}`));
          played.push({ ...step, printed: output.replaceAll(`localhost:${port}`, SHOWN) });
        }
      } finally {
        if (server) await server.stop();
      }
    }
  } finally {
    await terminal.close();
    await rm(folder, { recursive: true, force: true });
  }
  return played;
}

/** In a group of its own, so that npm, its shell and the server end together. */
async function startInShell(command: string, place: Place): Promise<Server> {
  const shell = spawn('bash', ['-c', command], { ...place, detached: true });
  const server = await listening(new Child(shell));
  const stop = () => {
    if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, 'SIGTERM');
    return server.ended;
  };
  return Object.assign(server, { stop });
}

/** One shell, in which the variables and functions of a command are there for the next. */
class Terminal {
  private readonly shell: Child;
  private typed = 0;

  constructor(place: Place) {
    this.shell = new Child(spawn('bash', [], place));
  }

  /** @returns what it prints, on standard output and error */
  async type(command: string): Promise<string> {
    const end = `--- end of command ${++this.typed} ---\n`;
    const before = this.shell.stdout.length;
    // Else a command would read the next one, which comes the same way.
    this.shell.process.stdin.write(`{ ${command}\n} </dev/null 2>&1; echo '${end}'\n`);
    await this.shell.says(end);
    const printed = this.shell.stdout.slice(before, this.shell.stdout.indexOf(end));
    return printed.replaceAll('\r', '').trim();
  }

  async close(): Promise<void> {
    this.shell.process.stdin.end();
    await this.shell.ended;
  }
}
