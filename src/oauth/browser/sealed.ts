import { Injectable } from '@nestjs/common';
import { seal, unseal } from '../../platform/cipher.js';
import { Clock } from '../../platform/clock.js';
import { DerivedKeys } from '../../platform/settings/derived-keys.js';

const PURPOSE = 'hallpass/page-state/v1';
/** Somebody may look for a password meanwhile. Milliseconds. */
const LIFE_MS = 3_600_000;

/** What a sealed text is of: what was sealed for one page opens on no other. */
export type Kind = 'authorization' | 'sign-out';

interface Content {
  /** epoch milliseconds */
  readonly at: number;
  readonly value: unknown;
}

/**
 * Carries what a page must know later through the browser, which can neither read nor change it. So
 * nothing is kept here for whoever has not signed in.
 */
@Injectable()
export class Sealed {
  constructor(
    private readonly keys: DerivedKeys,
    private readonly clock: Clock,
  ) {}

  /** @returns base64url, good for an hour */
  seal(kind: Kind, value: object): string {
    const content: Content = { at: this.clock.milliseconds(), value };
    const plain = Buffer.from(JSON.stringify(content));
    return seal(plain, kind, this.keys.first(PURPOSE)).toString('base64url');
  }

  /** @returns undefined when it is not ours, of another kind, or too old */
  open<T>(kind: Kind, text: string): T | undefined {
    const sealed = Buffer.from(text, 'base64url');
    for (const key of this.keys.all(PURPOSE)) {
      const plain = unseal(sealed, kind, key);
      if (!plain) continue;
      const { at, value } = JSON.parse(plain.toString()) as Content;
      return this.clock.milliseconds() - at < LIFE_MS ? (value as T) : undefined;
    }
    return undefined;
  }
}
