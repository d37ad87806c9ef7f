import { setImmediate, setTimeout } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';

const MOST_JOBS = 1000;
/** A mail server that hangs is not to use up the 10 s that Docker grants, for the database closes after it. */
const LONGEST_END_MS = 5_000;

/** @param stopping aborts when the process is told to stop: from then on, nothing should be waited for */
export type Job = (stopping: AbortSignal) => Promise<void>;

/**
 * Work that no answer waits for: a reset link takes as long to send as it takes, and whoever asks for
 * one must not see from the time whether there is such an account. Held in memory: a killed process
 * forgets it.
 */
@Injectable()
export class Background implements BeforeApplicationShutdown {
  protected readonly longestEndMs: number = LONGEST_END_MS;
  private readonly logger = new Logger('Background');
  private readonly jobs = new Set<Promise<void>>();
  private readonly stop = new AbortController();

  /**
   * Starts the job once the caller is done with the present.
   *
   * @param name for the log
   */
  run(name: string, job: Job): void {
    if (this.jobs.size >= MOST_JOBS) {
      this.logger.warn(`${name} was left undone: ${MOST_JOBS} others wait already`);
      return;
    }
    const running = this.perform(name, job).finally(() => this.jobs.delete(running));
    this.jobs.add(running);
  }

  /** Waits until there is nothing left to do. */
  async settled(): Promise<void> {
    while (this.jobs.size > 0) await Promise.all(this.jobs);
  }

  /** Requests are still being answered, and may ask for more. */
  beforeApplicationShutdown(): void {
    this.stop.abort();
  }

  /** For after the last answer, and before the database closes. */
  async end(): Promise<void> {
    const enough = new AbortController();
    await Promise.race([
      this.settled(),
      setTimeout(this.longestEndMs, undefined, { signal: enough.signal }).catch(() => undefined),
    ]);
    enough.abort();
    const { size } = this.jobs;
    if (size > 0) this.logger.warn(`Jobs that were cut off by the stop: ${size}`);
  }

  /** Of a failure only the kind: what its message quotes is nobody's business. */
  private async perform(name: string, job: Job): Promise<void> {
    await setImmediate();
    try {
      await job(this.stop.signal);
    } catch (error) {
      const kind = error instanceof Error ? error.constructor.name : typeof error;
      this.logger.error(`${name} failed: ${kind}`);
    }
  }
}
