import { randomBytes } from 'node:crypto';
import { encodeBase64 } from 'bcryptjs';
import { decoy, makeBcryptSha256 } from './hashes/bcrypt-sha256.js';
import { bcrypt, MAX_COST, MIN_COST, passTime } from './hashes/bcrypt.js';
import { effort } from './hashes/effort.js';
import { readHash } from './hashes/kinds.js';
import type { StoredHash } from './hashes/stored-hash.js';

/** Longer is refused before any hashing; counted in code points of the NFC form. */
export const PASSWORD_MAX_CHARACTERS = 1024;

export interface Verification {
  matches: boolean;
  /** It matched, and hashing the same password anew would make it better. */
  outdated: boolean;
}

export function isTooLong(password: string): boolean {
  // Normalising is slow where combining marks pile up, and this runs for anyone who sends a form.
  if (password.length > 4 * PASSWORD_MAX_CHARACTERS) return true;
  return [...password.normalize('NFC')].length > PASSWORD_MAX_CHARACTERS;
}

/**
 * Hashes as passlib's bcrypt_sha256 version 2 does. Blocks for 2^cost rounds: for a worker thread.
 *
 * @param cost binary logarithm of the rounds, 4 to 15
 * @throws {RangeError} on a cost that {@link verifyPassword} would not accept
 */
export function hashPassword(password: string, cost: number): string {
  if (!(cost >= MIN_COST && cost <= MAX_COST)) {
    throw new RangeError(`A password's cost is ${MIN_COST} to ${MAX_COST}, not ${cost}`);
  }
  return makeBcryptSha256(password.normalize('NFC'), cost, encodeBase64(randomBytes(16), 16));
}

/**
 * Compares a password with a stored hash of any kind. Blocks like {@link hashPassword}.
 *
 * A failure takes the same work for an unknown user, garbage, a cheaper hash and one of today's:
 * 2^cost rounds for each form of the password, so that its time tells nothing about the account. What
 * is not bcrypt is counted as the rounds that take the same time.
 *
 * @param stored null for an unknown user
 * @param cost today's cost, 4 to 15
 */
export async function verifyPassword(
  password: string,
  stored: string | null,
  cost: number,
): Promise<Verification> {
  const hash = (stored === null ? null : readHash(stored)) ?? decoy(cost);
  for (const form of formsOf(password)) {
    const { matches, rounds } = await compare(form, hash);
    if (matches) return { matches, outdated: isOutdated(form, hash, cost) };
    spend(2 ** cost - rounds, cost);
  }
  return { matches: false, outdated: false };
}

/** Our hashes are of the NFC form; those from elsewhere may be of the text as it was typed. */
function formsOf(password: string): string[] {
  const nfc = password.normalize('NFC');
  return nfc === password ? [nfc] : [nfc, password];
}

/** @returns also what it took, in rounds of bcrypt */
async function compare(form: string, hash: StoredHash) {
  const { work } = hash;
  if (typeof work === 'number') return { matches: await hash.isMadeFrom(form), rounds: work };
  const matches = await effort.measure(work, () => hash.isMadeFrom(form));
  return { matches, rounds: effort.roundsOf(work) };
}

/** A plain bcrypt hash of more than 72 bytes stays: a new one would pin a tail that nobody checked. */
function isOutdated(form: string, hash: StoredHash, cost: number): boolean {
  if (!hash.comparesAllOf(form)) return false;
  return !hash.ours || Number(hash.work) < 2 ** cost || form !== form.normalize('NFC');
}

/**
 * Does what a cheaper hash left undone, in powers of two as bcrypt has them; rather a little more than less.
 *
 * @param whole today's cost: where all is left to do, that is as good a measure as any
 */
function spend(rounds: number, whole: number): void {
  let left = Math.ceil(rounds / 2 ** MIN_COST) * 2 ** MIN_COST;
  for (let cost = whole; cost >= MIN_COST; cost--) {
    if (left < 2 ** cost) continue;
    if (cost === whole) bcrypt('', cost, '.'.repeat(22));
    else passTime(cost);
    left -= 2 ** cost;
  }
}
