import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TemporarilyUnavailable } from '../../protocol/errors.js';
import { addressKey } from '../http/address.js';

const WINDOW_SECONDS = 15 * 60;

/** Who is trying: the account's normalised name, whether or not it exists, and the address. */
export interface Attempt {
  readonly name: string;
  readonly address: string;
}

/**
 * Bounds password guessing: 10 failures per account and address, 100 per address, in 15 minutes.
 * An attempt is counted before the password is looked at, so guesses sent all at once count too,
 * and given back when it was right. Held in memory, so per process.
 */
@Injectable()
export class Attempts {
  private readonly perAccount = new RateLimiterMemory({ points: 10, duration: WINDOW_SECONDS });
  private readonly perAddress = new RateLimiterMemory({ points: 100, duration: WINDOW_SECONDS });
  /** Attempts whose outcome is not known yet, by the keys they are counted under. */
  private readonly pending = new Map<string, number>();

  /**
   * Follow it with giveBack() or keep().
   *
   * @throws {TemporarilyUnavailable} 429 with the seconds to wait
   */
  async reserve(attempt: Attempt): Promise<void> {
    const [address, account] = keysOf(attempt);
    await this.consume(this.perAddress, address);
    try {
      await this.consume(this.perAccount, account);
    } catch (refusal) {
      await this.perAddress.reward(address);
      throw refusal;
    }
    for (const key of [address, account]) this.pending.set(key, (this.pending.get(key) ?? 0) + 1);
  }

  /** Takes back one reservation: the password was right, or was never looked at. */
  async giveBack(attempt: Attempt): Promise<void> {
    const [address, account] = keysOf(attempt);
    this.settle(address, account);
    await this.perAddress.reward(address);
    await this.perAccount.reward(account);
  }

  /** Lets one reservation stand: the password was wrong. */
  keep(attempt: Attempt): void {
    this.settle(...keysOf(attempt));
  }

  /** A refused attempt is none, so it is not counted; and where others may yet be given back, waiting is short. */
  private async consume(limiter: RateLimiterMemory, key: string): Promise<void> {
    try {
      await limiter.consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      await limiter.reward(key);
      const seconds = this.pending.has(key) ? 1 : Math.ceil(refusal.msBeforeNext / 1000);
      throw new TemporarilyUnavailable(
        429,
        'Too many attempts, try again later',
        Math.max(1, seconds),
      );
    }
  }

  private settle(...keys: string[]): void {
    for (const key of keys) {
      const left = (this.pending.get(key) ?? 1) - 1;
      if (left > 0) this.pending.set(key, left);
      else this.pending.delete(key);
    }
  }
}

/** A digest for the account: its name is whatever somebody sent, and is kept for 15 minutes. */
function keysOf({ name, address }: Attempt): [address: string, account: string] {
  const from = addressKey(address);
  const account = createHash('sha256')
    .update(JSON.stringify([name, from]))
    .digest('base64');
  return [from, account];
}
