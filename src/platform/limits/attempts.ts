import { Injectable } from '@nestjs/common';
import { addressKey } from '../http/address.js';
import { Counters, type Limit, type Reservation } from './counters.js';

const SECONDS = 15 * 60;
const PER_ADDRESS: Limit = { name: 'password/address', points: 100, seconds: SECONDS };
const PER_DEVICE: Limit = { name: 'password/device', points: 10, seconds: SECONDS };
const PER_ACCOUNT: Limit = { name: 'password/account', points: 50, seconds: SECONDS };

/** Who is trying. */
export interface Attempt {
  /** the account's normalised name, whether or not it exists */
  readonly name: string;
  readonly address: string;
  /** whether the user of this name already uses this address */
  readonly knownDevice: boolean;
}

/**
 * Bounds password guessing, over every pathway that takes a password: failures in 15 minutes, 10 per account
 * and address, 100 per address, 50 per account from everywhere. A device that the user already uses answers
 * for itself alone, so nobody elsewhere, nor at the same address under other names, can lock it out.
 */
@Injectable()
export class Attempts {
  constructor(private readonly counters: Counters) {}

  /**
   * Counts an attempt before its password is looked at, so that guesses sent all at once count too.
   *
   * @returns to be given back when the password was right or was not looked at, and kept when it was wrong
   * @throws {TemporarilyUnavailable} 429 with the seconds to wait
   */
  async reserve(attempt: Attempt): Promise<Reservation> {
    const taken: Reservation[] = [];
    try {
      for (const [limit, what] of limitsOf(attempt)) {
        taken.push(await this.counters.take(limit, what));
      }
    } catch (refusal) {
      await giveBack(taken);
      throw refusal;
    }
    return {
      giveBack: () => giveBack(taken),
      keep: () => taken.forEach((one) => one.keep()),
    };
  }
}

function limitsOf({ name, address, knownDevice }: Attempt): (readonly [Limit, string])[] {
  const from = addressKey(address);
  const device = [PER_DEVICE, JSON.stringify([name, from])] as const;
  return knownDevice ? [device] : [[PER_ADDRESS, from], device, [PER_ACCOUNT, name]];
}

async function giveBack(taken: readonly Reservation[]): Promise<void> {
  await Promise.all(taken.map((one) => one.giveBack()));
}
