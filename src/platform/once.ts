import type { Clock } from './clock.js';

const MOST = 1000;
const SECONDS = 15 * 60;

/**
 * Tells what comes for the first time in 15 minutes, for what is worth one line and not one of each
 * time. It remembers 1000 keys; beyond them nothing is new, so nobody gets more by inventing them.
 */
export class Once {
  private readonly seen = new Set<string>();
  private since = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  isFirst(key: string): boolean {
    const now = this.clock.now();
    if (now - this.since >= SECONDS || now < this.since) this.begin(now);
    if (this.seen.size >= MOST || this.seen.has(key)) return false;
    this.seen.add(key);
    return true;
  }

  private begin(now: number): void {
    this.seen.clear();
    this.since = now;
  }
}
