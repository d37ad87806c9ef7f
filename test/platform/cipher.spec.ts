import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { seal, unseal } from '../../src/platform/cipher.js';

describe('seal() and unseal()', () => {
  const key = randomBytes(32);
  const plain = Buffer.from('a request in progress');
  const sealed = seal(plain, 'authorization', key);

  it('opens what was sealed, an empty text too', () => {
    expect(unseal(sealed, 'authorization', key)).toEqual(plain);
    expect(unseal(seal(Buffer.alloc(0), 'x', key), 'x', key)).toEqual(Buffer.alloc(0));
  });

  it('never seals alike, nor readably', () => {
    expect(seal(plain, 'authorization', key)).not.toEqual(sealed);
    expect(sealed.includes(plain)).toBe(false);
  });

  it('opens nothing that was altered, at any byte', () => {
    for (let place = 0; place < sealed.length; place += 1) {
      const altered = Buffer.from(sealed);
      altered[place] = (altered[place] ?? 0) ^ 1;
      expect(unseal(altered, 'authorization', key), `byte ${place}`).toBeUndefined();
    }
  });

  it('opens nothing of another context, under another key, or cut short', () => {
    expect(unseal(sealed, 'sign-out', key)).toBeUndefined();
    expect(unseal(sealed, 'authorization', randomBytes(32))).toBeUndefined();
    for (const length of [0, 1, 12, 27, 28, sealed.length - 1]) {
      expect(unseal(sealed.subarray(0, length), 'authorization', key), `${length}`).toBeUndefined();
    }
  });
});
