import { LRUCache } from 'lru-cache';
import type { Change, Changes } from './changes.js';

const MAX_ENTRIES = 10_000;
/** A change made by another process is seen within this; one made here, at once. */
const MAX_AGE_MS = 1000;

/** Which changes make what was read too old. */
interface Decided {
  /** by any of these kinds, whatever its id: all of it is forgotten */
  readonly by: readonly Change['of'][];
  /** by this kind, whose id is the key: that one is forgotten */
  readonly byIts?: Change['of'];
}

/** A look-up on its way; `stale` when something has changed since it last began to read. */
interface Lookup {
  readonly key: string;
  stale: boolean;
}

/**
 * What was read less than a second ago, for reads that every request needs. A change that was
 * announced here is never answered with what was read before it: whoever changes something writes,
 * announces, then answers.
 */
export class Recent<T extends object> {
  private readonly known = new LRUCache<string, T>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });
  private readonly lookups = new Map<string, Promise<T | null>>();
  /** also those that nobody new may wait for */
  private readonly reading = new Set<Lookup>();

  constructor(changes: Changes, { by, byIts }: Decided) {
    changes.listen(({ of, id }) => {
      if (of === byIts) this.forget(id);
      else if (by.includes(of)) this.forgetAll();
    });
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
    const lookup: Lookup = { key, stale: false };
    this.reading.add(lookup);
    try {
      for (;;) {
        lookup.stale = false;
        const value = await read();
        if (lookup.stale) continue;
        if (value) this.known.set(key, value);
        return value;
      }
    } finally {
      this.reading.delete(lookup);
    }
  }

  private forget(key: string): void {
    for (const lookup of this.reading) if (lookup.key === key) lookup.stale = true;
    this.known.delete(key);
    this.lookups.delete(key);
  }

  private forgetAll(): void {
    for (const lookup of this.reading) lookup.stale = true;
    this.lookups.clear();
    if (this.known.size > 0) this.known.clear(); // which takes as long for none as for ten thousand
  }
}
