import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatRefreshToken,
  readRefreshToken,
  type RefreshTokenContent,
} from '../../src/protocol/refresh-token.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const KEY = Buffer.from([...Array(32).keys()]);
const OTHER_KEY = Buffer.alloc(32, 0x5a);
const CONTENT = { sessionId: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13', generation: 1 };
const TOKEN = formatRefreshToken(CONTENT, KEY);

const contents: fc.Arbitrary<RefreshTokenContent> = fc.record({
  sessionId: fc.uuid(),
  generation: fc.maxSafeNat(),
});
const keys = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

/** Design D3, written down once more: version, session id, generation in 8 bytes, and the MAC of these. */
function byHand(version: number, sessionId: string, generation: bigint, key: Buffer): string {
  const hex = generation.toString(16).padStart(16, '0');
  const content = Buffer.concat([
    Buffer.from([version]),
    Buffer.from(sessionId.split('-').join('') + hex, 'hex'),
  ]);
  const mac = createHmac('sha256', key).update(content).digest();
  return `hp_rt_${Buffer.concat([content, mac]).toString('base64url')}`;
}

describe('a refresh token', () => {
  // Made by a program in another language; whatever changes them ends every session there is.
  it.each([
    [
      CONTENT.sessionId,
      0,
      'hp_rt_AQGanz5bDHwej14_G28MKhMAAAAAAAAAAJkqz__rKAEmtRm7CtxEvv4rbze13h7WRcwg7DOSzuCK',
    ],
    [
      CONTENT.sessionId,
      1,
      'hp_rt_AQGanz5bDHwej14_G28MKhMAAAAAAAAAARnJrNgkx6iz40hBQVTazVYOeE3D4djnQT_-akQRqV7p',
    ],
    [
      CONTENT.sessionId,
      Number.MAX_SAFE_INTEGER,
      'hp_rt_AQGanz5bDHwej14_G28MKhMAH________-AXTUAWlQpvGHrPwSxeGikEMpy_dMUOzFMK6UzMbDuS',
    ],
  ])('of session %s and generation %i is always this one', (sessionId, generation, token) => {
    expect(formatRefreshToken({ sessionId, generation }, KEY)).toBe(token);
    expect(byHand(1, sessionId, BigInt(generation), KEY)).toBe(token);
    expect(readRefreshToken(token, [KEY])).toEqual({ sessionId, generation });
  });

  it('says what it was made of, to whoever has its key', () => {
    fc.assert(
      fc.property(contents, keys, (content, key) => {
        const token = formatRefreshToken(content, key);
        expect(token).toMatch(/^hp_rt_[\w-]{76}$/);
        expect(readRefreshToken(token, [key])).toEqual(content);
      }),
    );
  });

  it('is good under any key of the list, so that AUTH_SECRET can be rotated', () => {
    expect(readRefreshToken(TOKEN, [OTHER_KEY, KEY])).toEqual(CONTENT);
    expect(readRefreshToken(TOKEN, [KEY, OTHER_KEY])).toEqual(CONTENT);
    expect(readRefreshToken(TOKEN, [KEY, KEY])).toEqual(CONTENT);
  });

  it('is nothing under another key, or under none', () => {
    expect(readRefreshToken(TOKEN, [OTHER_KEY])).toBeUndefined();
    expect(readRefreshToken(TOKEN, [])).toBeUndefined();
    fc.assert(
      fc.property(contents, keys, keys, (content, key, other) => {
        fc.pre(!key.equals(other));
        expect(readRefreshToken(formatRefreshToken(content, key), [other])).toBeUndefined();
      }),
    );
  });

  it('is nothing with any one character changed', () => {
    for (let at = 0; at < TOKEN.length; at += 1) {
      for (const put of ALPHABET) {
        const changed = TOKEN.slice(0, at) + put + TOKEN.slice(at + 1);
        if (changed === TOKEN) continue;
        expect(readRefreshToken(changed, [KEY]), changed).toBeUndefined();
      }
    }
  });

  it.each([
    ['nothing', ''],
    ['the prefix alone', 'hp_rt_'],
    ['no prefix', TOKEN.slice('hp_rt_'.length)],
    ['the prefix of a client secret', TOKEN.replace('hp_rt_', 'hp_cs_')],
    ['a prefix in upper case', TOKEN.replace('hp_rt_', 'HP_RT_')],
    ['a character less', TOKEN.slice(0, -1)],
    ['a character more', `${TOKEN}A`],
    ['padding', `${TOKEN}====`],
    ['a space before it', ` ${TOKEN}`],
    ['a line break after it', `${TOKEN}\n`],
    ['a line break for a character', `${TOKEN.slice(0, -1)}\n`],
    ['twice its length', TOKEN + TOKEN],
    ['other digits', `${TOKEN.slice(0, -1)}٣`],
    ['a megabyte', `hp_rt_${'A'.repeat(1_000_000)}`],
  ])('is nothing as %s', (_what, text) => {
    expect(readRefreshToken(text, [KEY])).toBeUndefined();
  });

  it('is nothing in the alphabet of base64', () => {
    const spelled = fc.sample(contents, 200).map((content) => formatRefreshToken(content, KEY));
    const inBoth = spelled.filter((token) => /[-_]/.test(token.slice('hp_rt_'.length)));
    expect(inBoth.length).toBeGreaterThan(0);
    for (const token of inBoth) {
      const base64 = token.slice('hp_rt_'.length).replaceAll('-', '+').replaceAll('_', '/');
      expect(readRefreshToken(`hp_rt_${base64}`, [KEY])).toBeUndefined();
    }
  });

  it('is nothing of another version, though the MAC is right', () => {
    expect(readRefreshToken(byHand(1, CONTENT.sessionId, 1n, KEY), [KEY])).toEqual(CONTENT);
    for (const version of [0, 2, 255]) {
      expect(readRefreshToken(byHand(version, CONTENT.sessionId, 1n, KEY), [KEY])).toBeUndefined();
    }
  });

  it('counts as far as a number is exact, and is nothing beyond', () => {
    const most = BigInt(Number.MAX_SAFE_INTEGER);
    const read = (generation: bigint) =>
      readRefreshToken(byHand(1, CONTENT.sessionId, generation, KEY), [KEY]);
    expect(read(most)).toEqual({ ...CONTENT, generation: Number.MAX_SAFE_INTEGER });
    expect(read(most + 1n)).toBeUndefined();
    expect(read(2n ** 64n - 1n)).toBeUndefined();
  });

  it('is nothing that anybody could make up', () => {
    const junk = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 76, maxLength: 76 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          junk.map((text) => `hp_rt_${text}`),
        ),
        (text) => {
          expect(readRefreshToken(text, [KEY, OTHER_KEY])).toBeUndefined();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
