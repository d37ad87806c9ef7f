import { createPrivateKey, type KeyObject } from 'node:crypto';
import { seal, unseal } from '../platform/cipher.js';

/**
 * Encrypts a private key for the database, with the kid as its context, so that one row's key cannot be
 * passed off as another's.
 *
 * @param key 32 bytes
 * @returns base64 of nonce, tag and ciphertext
 */
export function sealPrivateKey(privateKey: KeyObject, kid: string, key: Buffer): string {
  const plain = privateKey.export({ format: 'der', type: 'pkcs8' });
  return seal(plain, kid, key).toString('base64');
}

/** @returns undefined when this key does not open it */
export function openPrivateKey(sealed: string, kid: string, key: Buffer): KeyObject | undefined {
  const plain = unseal(Buffer.from(sealed, 'base64'), kid, key);
  return plain && createPrivateKey({ key: plain, format: 'der', type: 'pkcs8' });
}
