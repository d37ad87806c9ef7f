import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const PREFIX = 'hp_cs_';
const SECRET_BYTES = 32;
/** What the secret of a client without one is compared with, so that this takes no less time. */
const NO_HASH = Buffer.alloc(32);

/** A new client secret: 256 random bits, 49 characters, none of which a form or a header has to encode. */
export function makeClientSecret(): string {
  return PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
}

/** How a secret is stored. It is random and long, so a fast hash is as good as a slow one. */
export function hashClientSecret(secret: string): string {
  return digest(secret).toString('hex');
}

/** Compares in a time that tells nothing, with every hash. @param hashes of the secrets that are valid */
export function isClientSecret(secret: string, hashes: readonly string[]): boolean {
  const presented = digest(secret);
  const stored = hashes.length > 0 ? hashes.map((hash) => Buffer.from(hash, 'hex')) : [NO_HASH];
  return stored.filter((hash) => timingSafeEqual(hash, presented)).length > 0;
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}
