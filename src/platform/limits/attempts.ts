import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { TemporarilyUnavailable } from '../../protocol/errors.js';

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

  /** @throws {TemporarilyUnavailable} 429 with the seconds to wait */
  async reserve(attempt: Attempt): Promise<void> {
    await consume(this.perAddress, attempt.address);
    try {
      await consume(this.perAccount, accountKey(attempt));
    } catch (refusal) {
      await this.perAddress.reward(attempt.address);
      throw refusal;
    }
  }

  /** Takes back one reservation: the password was right, or was never looked at. */
  async giveBack(attempt: Attempt): Promise<void> {
    await this.perAddress.reward(attempt.address);
    await this.perAccount.reward(accountKey(attempt));
  }
}

/** A digest, since the name is whatever somebody sent, up to 64 KiB of it, and is kept for 15 minutes. */
function accountKey({ name, address }: Attempt): string {
  return createHash('sha256')
    .update(JSON.stringify([name, address]))
    .digest('base64');
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
    throw new TemporarilyUnavailable(429, 'Too many attempts, try again later', seconds);
  }
}
