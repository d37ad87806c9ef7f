import { Injectable } from '@nestjs/common';
import { TemporarilyUnavailable } from '../../protocol/errors.js';
import { addressKey } from '../http/address.js';
import { Counters } from './counters.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

interface Allowance {
  readonly points: number;
  readonly seconds: number;
  /** address: an IP address, of IPv6 the /64; text: whatever the caller takes for one and the same */
  readonly per: 'address' | 'text';
}

/** What anybody may ask for, and how often. */
const ALLOWANCES = {
  'sign-up': { points: 100, seconds: HOUR, per: 'address' },
  'password-reset': { points: 100, seconds: 15 * MINUTE, per: 'address' },
  'verification-mail': { points: 5, seconds: HOUR, per: 'text' },
  'notice-mail': { points: 5, seconds: HOUR, per: 'text' },
  'reset-mail': { points: 5, seconds: HOUR, per: 'text' },
  // Apart from it, so that what anybody may ask for does not use up what administrators need.
  'link-mail': { points: 5, seconds: HOUR, per: 'text' },
} as const satisfies Record<string, Allowance>;

export type QuotaKind = keyof typeof ALLOWANCES;

/** Bounds requests that send mail or make accounts. Each one counts, whatever comes of it. */
@Injectable()
export class Quota {
  constructor(private readonly counters: Counters) {}

  /** @throws {TemporarilyUnavailable} 429 with the seconds to wait */
  async take(kind: QuotaKind, key: string): Promise<void> {
    const { per, ...limit } = ALLOWANCES[kind];
    const what = per === 'address' ? addressKey(key) : key;
    const reservation = await this.counters.take({ name: kind, ...limit }, what);
    reservation.keep();
  }

  /** Counts one like take(); for what must not tell the caller that it was too much. */
  async allows(kind: QuotaKind, key: string): Promise<boolean> {
    try {
      await this.take(kind, key);
      return true;
    } catch (error) {
      if (error instanceof TemporarilyUnavailable) return false;
      throw error;
    }
  }
}
