import { ARGON2 } from './argon2.js';
import { BCRYPT } from './bcrypt.js';
import { BCRYPT_SHA256 } from './bcrypt-sha256.js';
import { PBKDF2 } from './pbkdf2.js';
import type { HashKind, StoredHash } from './stored-hash.js';

/**
 * What an account has whose owner has yet to choose a password. No text makes it, and whoever tries is
 * refused after the work of any other wrong password.
 */
export const UNUSABLE_HASH = '!';

/** Longer is in no row. */
const LONGEST = 255;

const KINDS: readonly HashKind[] = [BCRYPT_SHA256, BCRYPT, ARGON2, PBKDF2];

/** @returns null for what no password matches */
export function readHash(stored: string): StoredHash | null {
  const read = kindOf(stored)?.read(stored);
  return typeof read === 'object' ? read : null;
}

/** @returns what keeps a text from being a hash that people can sign in with, undefined when it is good */
export function hashFault(stored: string): string | undefined {
  if (stored.length > LONGEST) return `is longer than ${LONGEST} characters`;
  const kind = kindOf(stored);
  if (!kind) return `is of an unknown kind; known are ${KINDS.map(({ name }) => name).join(', ')}`;
  const read = kind.read(stored);
  return typeof read === 'string' ? read : undefined;
}

function kindOf(stored: string): HashKind | undefined {
  return KINDS.find(({ beginning }) => beginning.test(stored));
}
