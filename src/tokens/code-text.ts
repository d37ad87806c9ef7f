import { createHash, randomBytes } from 'node:crypto';

const PREFIX = 'hp_ac_';
const CODE_BYTES = 32;
const FORM = /^hp_ac_[A-Za-z0-9_-]{43}$/;

/** A new authorization code: 256 random bits, 49 characters, none of which a URL has to encode. */
export function makeAuthorizationCode(): string {
  return PREFIX + randomBytes(CODE_BYTES).toString('base64url');
}

/** Whether a text may be one of ours; what cannot is not asked of the database. */
export function isAuthorizationCode(text: string): boolean {
  return FORM.test(text);
}

/** How it is stored. It is random and long, so a fast hash is as good as a slow one. */
export function hashAuthorizationCode(code: string): string {
  return createHash('sha256').update(code, 'utf8').digest('hex');
}
