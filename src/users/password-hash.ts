import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { encodeBase64, hashSync } from 'bcryptjs';

/** Longer is refused before any hashing; counted in code points of the NFC form. */
export const PASSWORD_MAX_CHARACTERS = 1024;

/** bcrypt reads no further. */
const BCRYPT_MAX_BYTES = 72;

/** The limits that the formats below accept; 15 is already two seconds of work. */
const MIN_COST = 4;
const MAX_COST = 15;

/**
 * What we can verify. passlib's bcrypt_sha256 never pads its cost, plain bcrypt always does.
 * passlib writes version 2 with 2b only, and version 1 with 2a or 2b. `$2x$` marks the broken
 * hashes of an old crypt_blowfish, and `$2$` leaves out the final NUL: neither is bcrypt as we do
 * it. The last character of a salt carries four unused bits; old versions of passlib set them in
 * plain hashes (fixed in 1.5.3), where they do no harm, so only there any character will do.
 */
const FORMATS = [
  [
    'sha256-v2',
    /^\$bcrypt-sha256\$v=2,t=2b,r=([4-9]|1[0-5])\$([./A-Za-z0-9]{21}[.Oeu])\$([./A-Za-z0-9]{31})$/,
  ],
  [
    'sha256-v1',
    /^\$bcrypt-sha256\$2[ab],([4-9]|1[0-5])\$([./A-Za-z0-9]{21}[.Oeu])\$([./A-Za-z0-9]{31})$/,
  ],
  ['plain', /^\$2[aby]\$(0[4-9]|1[0-5])\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/],
] as const;

interface StoredHash {
  scheme: (typeof FORMATS)[number][0];
  cost: number;
  salt: string;
  digest: string;
}

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
  const salt = encodeBase64(randomBytes(16), 16);
  const digest = digestOf(password.normalize('NFC'), { scheme: 'sha256-v2', cost, salt });
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${digest}`;
}

/**
 * Compares a password with a stored hash of any kind. Blocks like {@link hashPassword}.
 *
 * A failure takes the same work for an unknown user, garbage, a cheaper hash and one of today's:
 * 2^cost rounds for each form of the password, so that its time tells nothing about the account.
 *
 * @param stored null for an unknown user
 * @param cost today's cost, 4 to 15
 */
export function verifyPassword(
  password: string,
  stored: string | null,
  cost: number,
): Verification {
  const hash = parse(stored) ?? decoy(cost);
  for (const form of formsOf(password)) {
    if (isMadeFrom(form, hash)) return { matches: true, outdated: isOutdated(form, hash, cost) };
    topUp(hash, cost);
  }
  return { matches: false, outdated: false };
}

/** Our hashes are of the NFC form; those from elsewhere may be of the text as it was typed. */
function formsOf(password: string): string[] {
  const nfc = password.normalize('NFC');
  return nfc === password ? [nfc] : [nfc, password];
}

function parse(stored: string | null): StoredHash | null {
  if (stored === null) return null;
  for (const [scheme, format] of FORMATS) {
    const [, cost, salt, digest] = format.exec(stored) ?? [];
    if (cost && salt && digest) return { scheme, cost: Number(cost), salt, digest };
  }
  return null;
}

/** Takes as long as a real hash, and has a digest that bcrypt's alphabet cannot write. */
function decoy(cost: number): StoredHash {
  return { scheme: 'sha256-v2', cost, salt: '.'.repeat(22), digest: '-'.repeat(31) };
}

function isMadeFrom(form: string, hash: StoredHash): boolean {
  const same = timingSafeEqual(Buffer.from(digestOf(form, hash)), Buffer.from(hash.digest));
  // bcrypt repeats its key after a NUL, so `a` and `a\0a` have one plain hash between them.
  const ambiguous = hash.scheme === 'plain' && form.includes('\0');
  return same && !ambiguous;
}

/** A plain hash of more than 72 bytes stays: a new one would pin a tail that nobody checked. */
function isOutdated(form: string, hash: StoredHash, cost: number): boolean {
  if (hash.scheme === 'plain' && Buffer.byteLength(form) > BCRYPT_MAX_BYTES) return false;
  return hash.scheme !== 'sha256-v2' || hash.cost < cost || form !== form.normalize('NFC');
}

/** Adds what a cheaper hash left undone: 2^c + 2^(c+1) + … + 2^(cost-1) = 2^cost - 2^c. */
function topUp(hash: StoredHash, cost: number): void {
  for (let step = hash.cost; step < cost; step++) bcrypt('', step, hash.salt);
}

function digestOf(form: string, { scheme, cost, salt }: Omit<StoredHash, 'digest'>): string {
  if (scheme === 'plain') return bcrypt(form, cost, salt);
  // In base64, because bcrypt would end at a zero byte of the bare digest.
  const inner = scheme === 'sha256-v2' ? createHmac('sha256', salt) : createHash('sha256');
  return bcrypt(inner.update(form, 'utf8').digest('base64'), cost, salt);
}

/** @returns the digest alone, 31 characters; 2a, 2b and 2y are the same to bcryptjs */
function bcrypt(input: string, cost: number, salt: string): string {
  return hashSync(input, `$2b$${String(cost).padStart(2, '0')}$${salt}`).slice(-31);
}
