import type { WriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Fault } from './lines.js';

/** More would scroll away what comes after. */
const MOST_SHOWN = 20;

/** Tells which lines were refused: the first on the terminal, and all of them in a file where one is named. */
export class Report {
  private count = 0;
  private failure: Error | undefined;

  constructor(
    private readonly tell: (text: string) => void,
    private readonly file: WriteStream | undefined,
  ) {
    file?.on('error', (error) => (this.failure = error));
  }

  get refused(): number {
    return this.count;
  }

  /** @throws {Error} when the file cannot be written, as on a full disk */
  async refuse({ number, fault }: Fault): Promise<void> {
    if (this.failure) throw this.failure;
    this.count += 1;
    const line = `line ${number}: ${fault}\n`;
    if (this.count <= MOST_SHOWN) this.tell(line);
    if (this.file && !this.file.write(line)) await once(this.file, 'drain');
  }

  /** Says how many were not shown, and where they are. */
  async end(): Promise<void> {
    const more = this.count - MOST_SHOWN;
    const where = this.file ? 'the report has them all' : '--report <file> keeps them all';
    if (more > 0) this.tell(`… and ${more} more; ${where}\n`);
    if (!this.file || this.failure) return;
    this.file.end();
    await once(this.file, 'close');
  }
}
