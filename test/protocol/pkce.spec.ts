import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeChallengeOf,
  isCodeChallenge,
  isCodeVerifier,
  matchesChallenge,
} from '../../src/protocol/pkce.js';

/** RFC 7636 appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
/** ALPHA / DIGIT / "-" / "." / "_" / "~" of RFC 3986 §2.3. */
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~';
const OTHERS = [
  ...Array.from({ length: 0x100 }, (_, code) => String.fromCharCode(code)),
  'ſ',
  'K',
  '\u2028',
  '\ud800',
].filter((char) => !UNRESERVED.includes(char));

describe('isCodeVerifier (RFC 7636 §4.1)', () => {
  it.each([
    [0, false],
    [42, false],
    [43, true],
    [128, true],
    [129, false],
  ])('of %i characters: %s', (length, good) => {
    expect(isCodeVerifier('a'.repeat(length))).toBe(good);
  });

  it.each([...UNRESERVED])('takes %s anywhere', (char) => {
    for (const at of [0, 20, 42]) expect(isCodeVerifier(withChar(char, at))).toBe(true);
  });

  it.each(OTHERS)('refuses %j anywhere', (char) => {
    for (const at of [0, 20, 42, 43]) expect(isCodeVerifier(withChar(char, at))).toBe(false);
  });
});

describe('isCodeChallenge (RFC 7636 §4.2 with S256)', () => {
  it.each([
    ['', false],
    ['a'.repeat(42), false],
    ['a'.repeat(43), true],
    ['a'.repeat(44), false],
    ['a'.repeat(128), false],
    [CHALLENGE, true],
    [`${CHALLENGE}=`, false],
    [`${CHALLENGE}\n`, false],
  ])('%j: %s', (text, good) => {
    expect(isCodeChallenge(text)).toBe(good);
  });

  it.each(['.', '~', '+', '/', '=', ' ', '%', 'é', '\0'])('refuses %j anywhere', (char) => {
    for (const at of [0, 20, 42]) expect(isCodeChallenge(withChar(char, at))).toBe(false);
  });
});

describe('codeChallengeOf, matchesChallenge', () => {
  it('know the vector of RFC 7636 appendix B', () => {
    expect(codeChallengeOf(VERIFIER)).toBe(CHALLENGE);
    expect(matchesChallenge(VERIFIER, CHALLENGE)).toBe(true);
  });

  it.each([
    ['the challenge itself, as with plain (RFC 9700 §2.1.1)', CHALLENGE, CHALLENGE],
    ['the verifier as challenge', VERIFIER, VERIFIER],
    ['another verifier', `${VERIFIER.slice(0, -1)}l`, CHALLENGE],
    ['a verifier in another case', VERIFIER.toLowerCase(), CHALLENGE],
    ['nothing', '', CHALLENGE],
    ['no challenge', VERIFIER, ''],
    ['a padded challenge', VERIFIER, `${CHALLENGE}=`],
    ['a verifier that is too short, though its hash fits', 'a', codeChallengeOf('a')],
    ['one that is too long', 'a'.repeat(129), codeChallengeOf('a'.repeat(129))],
    ['one with other characters', '+'.repeat(43), codeChallengeOf('+'.repeat(43))],
  ])('do not match %s', (_what, verifier, challenge) => {
    expect(matchesChallenge(verifier, challenge)).toBe(false);
  });

  it('match each verifier with its own challenge alone', () => {
    const verifier = fc.string({
      unit: fc.constantFrom(...UNRESERVED),
      minLength: 43,
      maxLength: 128,
    });
    fc.assert(
      fc.property(verifier, verifier, (one, other) => {
        expect(isCodeChallenge(codeChallengeOf(one))).toBe(true);
        expect(matchesChallenge(one, codeChallengeOf(one))).toBe(true);
        expect(matchesChallenge(other, codeChallengeOf(one))).toBe(one === other);
      }),
    );
  });
});

function withChar(char: string, at: number): string {
  return 'a'.repeat(at) + char + 'a'.repeat(42 - Math.min(at, 42));
}
