import { timingSafeEqual } from 'node:crypto';
import { hashSync } from 'bcryptjs';
import { effort } from './effort.js';
import { BROKEN, type HashKind, type StoredHash } from './stored-hash.js';

/** The limits of all that is bcrypt here; 15 is already two seconds of work. */
export const MIN_COST = 4;
export const MAX_COST = 15;

/** bcrypt reads no further. */
const MAX_BYTES = 72;

/**
 * Django puts a word before it. `$2x$` marks the broken hashes of an old crypt_blowfish, and `$2$` leaves
 * out the final NUL: neither is bcrypt as we do it. The last character of a salt carries four unused
 * bits; old versions of passlib set them (fixed in 1.5.3), where they do no harm, so any will do.
 */
const FORMAT = /^(?:bcrypt\$)?\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/;

export const BCRYPT: HashKind = {
  name: '$2a$, $2b$, $2y$',
  beginning: /^(?:bcrypt\$)?\$2[aby]\$/,
  read(stored) {
    const [, cost, salt, digest] = FORMAT.exec(stored) ?? [];
    if (!cost || !salt || !digest) return BROKEN;
    return costFault(cost) ?? plain(Number(cost), salt, digest);
  },
};

function plain(cost: number, salt: string, digest: string): StoredHash {
  return {
    ours: false,
    work: 2 ** cost,
    async isMadeFrom(form) {
      const same = isSame(bcrypt(form, cost, salt), digest);
      // bcrypt repeats its key after a NUL, so `a` and `a\0a` have one hash between them.
      return same && !form.includes('\0');
    },
    comparesAllOf: (form) => Buffer.byteLength(form) <= MAX_BYTES,
  };
}

/** @returns what is wrong with a cost as it is written, undefined when it is good */
export function costFault(cost: string): string | undefined {
  const good = Number(cost) >= MIN_COST && Number(cost) <= MAX_COST;
  return good
    ? undefined
    : `has a cost of ${Number(cost)}, where ${MIN_COST} to ${MAX_COST} can be`;
}

/** @returns the digest alone, 31 characters; 2a, 2b and 2y are the same to bcryptjs */
export function bcrypt(input: string, cost: number, salt: string): string {
  return effort.measureRounds(2 ** cost, () => digestOf(input, cost, salt));
}

/**
 * Takes the time of a bcrypt and makes nothing. Not measured: so short a work is now and then quite
 * undisturbed, and its least would make others count as more rounds than they take the time of.
 */
export function passTime(cost: number): void {
  digestOf('', cost, '.'.repeat(22));
}

function digestOf(input: string, cost: number, salt: string): string {
  return hashSync(input, `$2b$${String(cost).padStart(2, '0')}$${salt}`).slice(-31);
}

export function isSame(digest: string, stored: string): boolean {
  return timingSafeEqual(Buffer.from(digest), Buffer.from(stored));
}
