import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { TemporarilyUnavailable } from '../protocol/errors.js';
import { Settings } from '../platform/settings/settings.js';
import type { Verification } from './password-hash.js';
import type { HashTask, VerifyTask } from './password.worker.js';

const MAX_THREADS = 4;
const MAX_WAITING = 32;

const RETRY_SECONDS = 2;

/** Too many passwords are waiting to be hashed; a few seconds later there will be room. */
export class PasswordWorkersBusy extends TemporarilyUnavailable {
  constructor() {
    super(503, 'Too many sign-ins at once, try again', RETRY_SECONDS);
  }
}

/** Hashes and verifies passwords in worker threads: a bcrypt takes 200 ms and more. */
@Injectable()
export class PasswordHasher implements OnApplicationShutdown {
  private readonly pool = new Piscina({
    filename: workerFile(),
    // One thread stays (11 MB): it proves at boot that the worker loads, and the sign-in after a
    // quiet hour need not start one (40 ms). The others come under load and go a minute after.
    minThreads: 1,
    maxThreads: Math.min(MAX_THREADS, availableParallelism()),
    idleTimeout: 60_000,
    maxQueue: MAX_WAITING,
    // Otherwise piscina sends a waiting task to the end of the queue whenever a thread gets free.
    stricterFIFO: true,
    recordTiming: false,
    execArgv: [], // a loader or an inspector of the main thread has no business in these
  });
  private readonly running = new Set<Promise<unknown>>();

  constructor(@Inject(Settings) private readonly settings: Pick<Settings, 'PASSWORD_COST'>) {}

  /** How many passwords are at work, and how many wait for that; the latter are at most 32. */
  get load(): { readonly running: number; readonly waiting: number } {
    const { queueSize: waiting } = this.pool;
    return { running: this.running.size - waiting, waiting };
  }

  /** @throws {PasswordWorkersBusy} */
  hash(password: string): Promise<string> {
    const task: HashTask = { password, cost: this.settings.PASSWORD_COST };
    return this.run<string>('hash', task);
  }

  /**
   * @param stored null for an unknown user, who must cost the same time
   * @throws {PasswordWorkersBusy}
   */
  verify(password: string, stored: string | null): Promise<Verification> {
    const task: VerifyTask = { password, stored, cost: this.settings.PASSWORD_COST };
    return this.run<Verification>('verify', task);
  }

  /** After the last HTTP response, so what still runs was asked for by something else. */
  async onApplicationShutdown(): Promise<void> {
    // Not piscina's close(): it returns when the first of several busy threads is done, and ends
    // the tasks of the others (5.3.2).
    while (this.running.size > 0) await Promise.allSettled(this.running);
    await this.pool.destroy();
  }

  private async run<Result>(name: string, task: HashTask | VerifyTask): Promise<Result> {
    const result: Promise<Result> = this.pool.run(task, { name });
    this.running.add(result);
    try {
      return await result;
    } catch (error) {
      throw isQueueFull(error) ? new PasswordWorkersBusy() : error;
    } finally {
      this.running.delete(result);
    }
  }
}

/** piscina 5 has no class or code for it, and does not export the text (dist/errors.js). */
function isQueueFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'Task queue is at limit';
}

/**
 * Beside this module once compiled. Under vitest this module is TypeScript, which a worker thread
 * cannot load on Node 20, so the tests borrow the compiled one.
 */
function workerFile(): string {
  const compiled = import.meta.url.endsWith('.ts')
    ? '../../dist/src/users/password.worker.js'
    : './password.worker.js';
  const file = fileURLToPath(new URL(compiled, import.meta.url));
  if (!existsSync(file)) throw new Error(`${file} is missing: run \`npm run build\` first`);
  return file;
}
