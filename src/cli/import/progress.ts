import type { Terminal } from '../terminal.js';

const OFTEN_MS = 100;
const WIDTH = 30;

/** A line that a terminal shows of how far a file has been read; nothing where no terminal is. */
export class Progress {
  private readonly start = performance.now();
  private last = -Infinity;

  /** @param size bytes; undefined for a pipe, whose end nobody knows */
  constructor(
    private readonly stderr: Terminal['stderr'],
    private readonly size: number | undefined,
  ) {}

  show(bytes: number, accounts: number): void {
    const now = performance.now();
    if (!this.stderr.isTTY || now - this.last < OFTEN_MS) return;
    this.last = now;
    const rate = Math.round((accounts * 1000) / Math.max(1, now - this.start));
    const counted = `${accounts.toLocaleString('en-US')} accounts, ${rate.toLocaleString('en-US')}/s`;
    this.stderr.write(`\r\u{1b}[K${this.bar(bytes)}${counted}`);
  }

  /** Before anything else is written there. */
  clear(): void {
    if (this.stderr.isTTY && this.last > -Infinity) this.stderr.write('\r\u{1b}[K');
  }

  private bar(bytes: number): string {
    if (!this.size) return '';
    const share = Math.min(1, bytes / this.size);
    const done = Math.round(share * WIDTH);
    return `[${'='.repeat(done).padEnd(WIDTH)}] ${Math.floor(share * 100)} %  `;
  }
}
