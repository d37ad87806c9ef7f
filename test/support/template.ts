import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Child, type Environment, type Finished } from '../cli/processes.js';
import { type Change, changed } from './page-changes.js';

/** What a fresh clone that has been built does not hold; its packages are linked, not copied. */
const LEFT_OUT = ['.git', '.env', 'node_modules', 'data', 'coverage'];

/** A text of a file, and what stands there instead. */
export type Edit = readonly [path: string, text: string, instead: string];

/** A copy of this repository to type a page into. */
export class Template {
  private constructor(
    private readonly root: string,
    readonly folder: string,
  ) {}

  static async create(): Promise<Template> {
    const root = await mkdtemp(join(tmpdir(), 'hallpass-template-'));
    const template = new Template(root, join(root, 'hallpass'));
    for (const name of await readdir('.')) {
      if (LEFT_OUT.includes(name)) continue;
      await cp(name, join(template.folder, name), { recursive: true });
    }
    await template.linkPackages();
    return template;
  }

  /** One by one, so that what tools keep beside the packages stays in the copy. */
  private async linkPackages(): Promise<void> {
    const packages = join(this.folder, 'node_modules');
    await mkdir(packages);
    for (const name of await readdir('node_modules')) {
      if (name.startsWith('.') && name !== '.bin') continue;
      await symlink(resolve('node_modules', name), join(packages, name));
    }
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8');
  }

  /**
   * @returns the file as it is now
   * @throws {Error} naming the block that does not fit
   */
  async type(change: Change): Promise<string> {
    const source = await this.read(change.path).catch(() => undefined);
    const text = changed(source, change);
    await this.write(change.path, text);
    return text;
  }

  /** Runs it as a reader does, with none of this process's own settings but the database. */
  run(command: string): Promise<Finished> {
    const { TEST_DATABASE_URL } = process.env;
    return this.start(command, TEST_DATABASE_URL === undefined ? {} : { TEST_DATABASE_URL });
  }

  /** Runs it on files that are wrong, on SQLite alone, and puts them right again. */
  async runWith(edits: readonly Edit[], command: string): Promise<Finished> {
    const before = new Map<string, string>();
    for (const [path, text, instead] of edits) {
      const source = await this.read(path);
      if (!source.includes(text)) throw new Error(`${path} does not hold ${text}`);
      if (!before.has(path)) before.set(path, source);
      await this.write(
        path,
        source.replace(text, () => instead),
      );
    }
    const finished = await this.start(command);
    for (const [path, source] of before) await this.write(path, source);
    return finished;
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }

  private start(command: string, settings: Environment = {}): Promise<Finished> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.root, NO_COLOR: '1', ...settings };
    return new Child(spawn('bash', ['-c', command], { cwd: this.folder, env })).ended;
  }

  private async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
