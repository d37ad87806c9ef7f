import { LRUCache } from 'lru-cache';
import type { Changes } from './changes.js';

const MAX_ENTRIES = 10_000;
/** A change made by another process is seen within this; one made here, at once. */
const MAX_AGE_MS = 1000;

/**
 * What was read less than a second ago, for reads that every request needs. A change that was
 * announced here is never answered with what was read before it: whoever changes something writes,
 * announces, then answers.
 */
export class Recent<T extends object> {
  private readonly known = new LRUCache<string, T>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });
  private readonly lookups = new Map<string, Promise<T | null>>();
  /** Counts the changes heard of; a look-up that saw it move has read something old. */
  private changeCount = 0;

  constructor(changes: Changes) {
    changes.listen(() => this.forget());
  }

  get(key: string): T | undefined {
    return this.known.get(key);
  }

  /**
   * Reads what is not known, once for all who ask at the same time; again for as long as something
   * changed while it was reading. Neither null nor what a read throws is kept.
   */
  read<R extends T | null>(key: string, read: () => Promise<R>): Promise<R> {
    const running = this.lookups.get(key) as Promise<R> | undefined;
    if (running) return running;
    const lookup = this.readUnchanged(key, read).finally(() => {
      if (this.lookups.get(key) === lookup) this.lookups.delete(key);
    });
    this.lookups.set(key, lookup);
    return lookup;
  }

  private async readUnchanged<R extends T | null>(key: string, read: () => Promise<R>): Promise<R> {
    for (;;) {
      const before = this.changeCount;
      const value = await read();
      if (before !== this.changeCount) continue;
      if (value) this.known.set(key, value);
      return value;
    }
  }

  /** All of it: changes are rare beside the second that entries live anyway, and no index can be wrong. */
  private forget(): void {
    this.changeCount += 1;
    this.known.clear();
    this.lookups.clear();
  }
}
