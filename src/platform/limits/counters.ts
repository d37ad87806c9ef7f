import { createHmac } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { RateLimiterMemory, RateLimiterPostgres } from 'rate-limiter-flexible';
import { LessThan, type Repository } from 'typeorm';
import { TemporarilyUnavailable } from '../../protocol/errors.js';
import { Clock } from '../clock.js';
import { DerivedKeys } from '../settings/derived-keys.js';
import { LimitCounter } from './limit-counter.entity.js';
import { Tally } from './tally.js';
import { type Window, windowsAt } from './windows.js';

const CLEAR_EVERY_MS = 10 * 60_000;
/** A limiter is made for one limit; this one counts for all, and each call says its own. */
const OF_ONE = { points: 1, duration: 1 };

/** So many of something in so many seconds. */
export interface Limit {
  /** keeps the counters of one limit apart from those of another */
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** A limit is reached: 429 with the seconds to wait. */
export class TooManyAttempts extends TemporarilyUnavailable {
  /** @param window which limit's, of whom and when; nobody can tell whose from it */
  constructor(
    readonly window: string,
    retryAfter: number,
  ) {
    super(429, 'Too many attempts, try again later', retryAfter);
  }
}

/** What was counted. It stays open, and others are told to ask again soon, until one of these is called, once. */
export interface Reservation {
  /** Takes it back: it was none of what the limit counts. */
  giveBack(): Promise<void>;
  /** Lets it stand. */
  keep(): void;
}

/**
 * Counts in windows of time: in memory on SQLite, which one process has to itself, and on PostgreSQL in the
 * database, where one upsert decides among all processes. Counting goes before what is counted.
 */
@Injectable()
export class Counters implements OnApplicationShutdown {
  private readonly limiter: RateLimiterMemory | RateLimiterPostgres;
  private readonly hmacKey: Buffer;
  /** Keys that are being counted, and keys with reservations that are open; of this process alone. */
  private readonly asked = new Tally();
  private readonly open = new Tally();
  private readonly clearing: NodeJS.Timeout | undefined;

  constructor(
    @InjectRepository(LimitCounter) private readonly rows: Repository<LimitCounter>,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.hmacKey = keys.first('hallpass/limit-counters/v1');
    this.limiter = limiterOn(rows);
    if (this.limiter instanceof RateLimiterMemory) return; // it clears itself
    this.clearing = setInterval(() => void this.clear(), CLEAR_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.clearing);
  }

  /**
   * @param what whose counter, in any text
   * @throws {TooManyAttempts} what is refused is not counted
   */
  async take(limit: Limit, what: string): Promise<Reservation> {
    const windows = windowsAt(this.clock.now(), limit.seconds, this.digestOf(limit, what));
    for (const { key } of windows) this.asked.add(key);
    try {
      return await this.takeIn(windows, limit);
    } finally {
      for (const { key } of windows) this.asked.drop(key);
    }
  }

  private async takeIn(windows: readonly Window[], { points }: Limit): Promise<Reservation> {
    const full: Window[] = [];
    for (const window of windows) {
      if ((await this.add(1, window)) > points) full.push(window);
    }
    const [first, ...others] = full;
    if (!first) return this.opened(windows);
    // Before it is given back, which takes time on PostgreSQL: by then those that are open may be through.
    const refusal = this.refusal([first, ...others]);
    for (const window of windows) await this.subtract(window);
    throw refusal;
  }

  /** Open until it is taken back in the database too: whoever is refused meanwhile may soon ask again. */
  private opened(windows: readonly Window[]): Reservation {
    for (const { key } of windows) this.open.add(key);
    const close = ({ key }: Window) => this.open.drop(key);
    return {
      giveBack: async () => {
        await Promise.all(windows.map((window) => this.subtract(window, () => close(window))));
      },
      keep: () => windows.forEach(close),
    };
  }

  /** Where reservations are open, something may be given back soon. */
  private refusal(full: readonly [Window, ...Window[]]): TooManyAttempts {
    const end = Math.max(...full.map((window) => window.end));
    const wait = full.some(({ key }) => this.open.has(key)) ? 1 : end - this.clock.now();
    return new TooManyAttempts(full[0].key, Math.max(1, wait));
  }

  /** A keyed digest: people type passwords where a name belongs. */
  private digestOf(limit: Limit, what: string): Buffer {
    const counted = JSON.stringify([limit.name, what]);
    return createHmac('sha256', this.hmacKey).update(counted).digest();
  }

  /** @returns the count with these */
  private async add(points: 1 | -1, { key, keptSeconds }: Window): Promise<number> {
    const { consumedPoints } = await this.limiter.penalty(key, points, {
      customDuration: keptSeconds,
    });
    return consumedPoints;
  }

  /** In memory a key that counts nothing goes at once: else a flood of sign-ins that are not even looked at fills it. */
  private async subtract(window: Window, close: () => void = () => undefined): Promise<void> {
    const left = await this.add(-1, window).finally(close);
    const inUse = this.asked.has(window.key) || this.open.has(window.key);
    if (left > 0 || inUse || !(this.limiter instanceof RateLimiterMemory)) return;
    void this.limiter.delete(window.key); // done at once: it only looks like a promise
  }

  /** Not urgent: where it fails, the next one does it. */
  private async clear(): Promise<void> {
    const expire = LessThan(this.clock.milliseconds());
    await this.rows.delete({ expire }).catch(() => undefined);
  }
}

/** No second store that steps in when the database is down: nobody can sign in then. */
function limiterOn(rows: Repository<LimitCounter>): RateLimiterMemory | RateLimiterPostgres {
  const { connection } = rows.manager;
  if (connection.options.type === 'sqlite') return new RateLimiterMemory(OF_ONE);
  return new RateLimiterPostgres({
    ...OF_ONE,
    storeClient: connection,
    storeType: 'typeorm',
    tableName: rows.metadata.tableName,
    tableCreated: true,
    keyPrefix: '',
    clearExpiredByTimeout: false, // its timer cannot be stopped
  });
}
