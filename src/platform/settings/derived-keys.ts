import { hkdfSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { resolveAuthSecrets } from './auth-secret.js';
import { Settings } from './settings.js';

const KEY_BYTES = 32;

/** The symmetric keys that AUTH_SECRET stands for: one per purpose and listed secret. RFC 5869. */
@Injectable()
export class DerivedKeys {
  private readonly secrets: readonly [string, ...string[]];

  /** @throws {SettingsError} when there is no usable AUTH_SECRET */
  constructor(settings: Settings) {
    const [first, ...others] = resolveAuthSecrets(settings);
    if (first === undefined) throw new Error('AUTH_SECRET lists no secret');
    this.secrets = [first, ...others];
  }

  /** The key to make new things with. 32 bytes. */
  first(purpose: string): Buffer {
    return derive(this.secrets[0], purpose);
  }

  /** Every key that may have made something, the first one first. */
  all(purpose: string): Buffer[] {
    return this.secrets.map((secret) => derive(secret, purpose));
  }
}

function derive(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES));
}
