import type { Socket } from 'node:net';
import pg from 'pg';

/** Longer than the server's own statement timeout, so only a connection that has gone silent lasts as long. */
const LONGEST_SILENCE_MS = 15_000;

/** A connection to PostgreSQL whose loss costs its statement, and never the process. */
export class SteadyClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config);
    // The pool and TypeORM listen by turns; an error in between, with no listener, would end the process.
    this.on('error', () => undefined);
    this.once('connect', () => this.endSilence());
  }

  /** A network that swallows packets ends no connection: without this its statements would wait for hours. */
  private endSilence(): void {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    stream.setTimeout(LONGEST_SILENCE_MS, () => stream.destroy());
  }
}
