import { UNUSABLE_HASH } from '../../src/users/hashes/kinds.js';
import { readFileSync } from 'node:fs';
import * as bcryptjs from 'bcryptjs';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hashPassword, isTooLong, verifyPassword } from '../../src/users/password-hash.js';

vi.mock('bcryptjs', { spy: true });

interface Vector {
  scheme: string;
  about: string;
  password: string;
  hash: string;
}

const vectorsIn = (file: string) =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as Vector[];
const vectors = vectorsIn('./passlib-vectors.json');

const COST = 6;
const NFC = 'caf\u00e9';
const NFD = 'cafe\u0301';
const FAILED = { matches: false, outdated: false };

const sha256V2 = hashPassword('secret', COST);
const plainOf = (password: string, cost = COST) => bcryptjs.hashSync(password, cost);
const vectorOf = (scheme: string, about: string) => {
  const found = vectors.find((vector) => vector.scheme === scheme && vector.about === about);
  if (!found) throw new Error(`no vector ${scheme}, ${about}`);
  return found;
};

afterEach(() => vi.clearAllMocks());

describe('hashes made by passlib', () => {
  it.each(vectors)('verify: $scheme, $about', async ({ password, hash }) => {
    expect((await verifyPassword(password, hash, COST)).matches).toBe(true);
    // Of 72 equal letters and more, plain bcrypt sees the first 72 only.
    const blind = hash.startsWith('$2') && /^a{72}/.test(password);
    expect((await verifyPassword(`${password[0] ?? 'x'}${password}`, hash, COST)).matches).toBe(
      blind,
    );
  });

  it('are to the character what we make of the same salt (bcrypt_sha256 version 2)', () => {
    const made = vectors.filter(({ scheme }) => scheme === 'bcrypt_sha256 v2 2b');
    for (const { password, hash } of made.filter((v) => v.password === v.password.normalize())) {
      const [, cost, salt] = /r=(\d+)\$([^$]{22})\$/.exec(hash) ?? [];
      vi.mocked(bcryptjs.encodeBase64).mockReturnValueOnce(salt ?? '');
      expect(hashPassword(password, Number(cost))).toBe(hash);
    }
    expect(made).toHaveLength(10);
  });
});

describe('hashPassword', () => {
  it('writes passlib’s bcrypt_sha256 version 2, its cost not padded', () => {
    expect(sha256V2).toMatch(
      /^\$bcrypt-sha256\$v=2,t=2b,r=6\$[./A-Za-z0-9]{21}[.Oeu]\$[./A-Za-z0-9]{31}$/,
    );
  });

  it('takes a new salt each time', () => {
    expect(hashPassword('secret', 4)).not.toBe(hashPassword('secret', 4));
  });

  it.each([3, 16, Number.NaN])('refuses cost %d, which it would not verify', (cost) => {
    expect(() => hashPassword('secret', cost)).toThrow(RangeError);
  });

  it('tells apart passwords that differ after a NUL or after 72 bytes', async () => {
    const long = 'a'.repeat(72);
    expect(await verifyPassword('a\0b', hashPassword('a\0a', 4), 4)).toEqual(FAILED);
    expect(await verifyPassword('a\0a', hashPassword('a', 4), 4)).toEqual(FAILED);
    expect(await verifyPassword(`${long}x`, hashPassword(`${long}y`, 4), 4)).toEqual(FAILED);
  });
});

describe('verifyPassword and Unicode', () => {
  it('takes é typed as one character or as two for the same password', async () => {
    for (const [first, second] of [
      [NFC, NFD],
      [NFD, NFC],
    ] as const) {
      const hash = hashPassword(first, COST);
      expect(await verifyPassword(second, hash, COST)).toEqual({ matches: true, outdated: false });
    }
  });

  it('finds a decomposed password in a hash from elsewhere, and asks for a new one', async () => {
    const { hash, password } = vectorOf('bcrypt_sha256 v2 2b', 'e acute, NFD');
    expect(await verifyPassword(password, hash, 4)).toEqual({ matches: true, outdated: true });
    expect(await verifyPassword(NFC, hash, 4)).toEqual(FAILED);
  });
});

describe('verifyPassword: which hashes are outdated', () => {
  const elsewhere = ['bcrypt_sha256 v1 2b', 'bcrypt_sha256 v1 2a', 'bcrypt 2a', 'bcrypt 2y'];

  it.each(elsewhere)('%s is, at any cost', async (scheme) => {
    const { hash, password } = vectorOf(scheme, 'ascii');
    expect(await verifyPassword(password, hash, 4)).toEqual({ matches: true, outdated: true });
  });

  it('one cheaper than today’s is, a dearer one is not', async () => {
    expect((await verifyPassword('secret', sha256V2, COST + 1)).outdated).toBe(true);
    expect((await verifyPassword('secret', sha256V2, COST)).outdated).toBe(false);
    expect((await verifyPassword('secret', sha256V2, COST - 1)).outdated).toBe(false);
  });

  it('a plain one is up to 72 bytes, and not above, where nobody checked the tail', async () => {
    const exact = 'é'.repeat(36);
    const plain = plainOf(exact);
    expect(await verifyPassword(exact, plain, COST)).toEqual({ matches: true, outdated: true });
    expect(await verifyPassword(`${exact}!`, plain, COST)).toEqual({
      matches: true,
      outdated: false,
    });
  });

  it('a plain one counts the bytes that were compared, as typed or as NFC', async () => {
    const typed = 'e\u0301'.repeat(25); // 75 bytes, 50 in NFC
    expect(await verifyPassword(typed, plainOf(typed), COST)).toEqual({
      matches: true,
      outdated: false,
    });
    expect(await verifyPassword(typed, plainOf(typed.normalize()), COST)).toEqual({
      matches: true,
      outdated: true,
    });
  });
});

describe('verifyPassword refuses', () => {
  it('a password with NUL against plain bcrypt, where bcryptjs says yes', async () => {
    const plain = plainOf('a');
    expect(bcryptjs.compareSync('a\0a', plain)).toBe(true);
    expect(await verifyPassword('a\0a', plain, COST)).toEqual(FAILED);
    expect(await verifyPassword('\0', plainOf(''), COST)).toEqual(FAILED);
  });

  const plain = plainOf('secret');
  const v1 = vectorOf('bcrypt_sha256 v1 2b', 'ascii').hash;
  const garbage: [what: string, stored: string][] = [
    ['nothing', ''],
    ['a password in the clear', 'secret'],
    ['$2x$', plain.replace('$2b$', '$2x$')],
    ['$2$', plain.replace('$2b$', '$2$')],
    ['$2c$', plain.replace('$2b$', '$2c$')],
    ['a digest cut off', plain.slice(0, -1)],
    ['a digest too long', `${plain}.`],
    ['a salt alone', plain.slice(0, 29)],
    ['a final newline', `${plain}\n`],
    ['a leading space', ` ${plain}`],
    ['cost 3', plain.replace('$06$', '$03$')],
    ['cost 16', plain.replace('$06$', '$16$')],
    ['cost 31', plain.replace('$06$', '$31$')],
    ['cost 99', plain.replace('$06$', '$99$')],
    ['an unpadded cost', plain.replace('$06$', '$6$')],
    ['letters outside the alphabet', plain.replace(/.$/, '+')],
    ['other scripts', `$2b$06$${'ß'.repeat(53)}`],
    ['half a surrogate pair', '\ud800$2b$06$'],
    ['version 3', sha256V2.replace('v=2', 'v=3')],
    ['version 2 with 2a', sha256V2.replace('t=2b', 't=2a')],
    ['version 2 with 2y', sha256V2.replace('t=2b', 't=2y')],
    ['version 2 with a padded cost', sha256V2.replace('r=6', 'r=06')],
    ['version 2 with cost 31', sha256V2.replace('r=6', 'r=31')],
    ['version 2 without its digest', sha256V2.slice(0, -32)],
    ['version 2 with a salt of unused bits', sha256V2.replace(/.(?=\$[^$]{31}$)/, 'z')],
    ['version 1 with 2y', v1.replace('2b,', '2y,')],
    ['version 1 with a padded cost', v1.replace(/,(\d)\$/, ',0$1$')],
    ['argon2', '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA'],
  ];

  it.each(garbage)('%s', async (_what, stored) => {
    expect(await verifyPassword('secret', stored, COST)).toEqual(FAILED);
  });

  it('every other text too, and never throws', async () => {
    const spoilt = fc
      .tuple(fc.constantFrom(sha256V2, v1, plain), fc.nat(80), fc.string({ unit: 'binary' }))
      .map(([hash, at, text]) => hash.slice(0, at) + text + hash.slice(at))
      .filter((text) => ![sha256V2, v1, plain].includes(text));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 120 }), spoilt),
        fc.oneof(fc.constant('secret'), fc.string({ unit: 'binary' })),
        async (stored, password) => {
          expect(await verifyPassword(password, stored, 4)).toEqual(FAILED);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('verifyPassword fails with the same work for every account', () => {
  /** Rounds of bcrypt, read from the salts that were hashed with. */
  async function roundsToRefuse(password: string, stored: string | null): Promise<number> {
    vi.mocked(bcryptjs.hashSync).mockClear();
    expect(await verifyPassword(password, stored, 8)).toEqual(FAILED);
    return vi
      .mocked(bcryptjs.hashSync)
      .mock.calls.map(([, salt]) => 2 ** bcryptjs.getRounds(String(salt)))
      .reduce((sum, rounds) => sum + rounds, 0);
  }

  const accounts: [what: string, stored: string | null][] = [
    ['an unknown user', null],
    ['a user without a password', UNUSABLE_HASH],
    ['garbage', 'not a hash'],
    ['$2x$', plainOf('secret').replace('$2b$', '$2x$')],
    ['a hash of today', hashPassword('secret', 8)],
    ['a cheaper hash', hashPassword('secret', 5)],
    ['the cheapest hash', hashPassword('secret', 4)],
    ['a cheaper plain hash', plainOf('secret', 4)],
    ['a plain hash of today', plainOf('secret', 8)],
    ['a version 1 hash', vectorOf('bcrypt_sha256 v1 2b', 'ascii').hash],
    ['a hash too dear', plainOf('secret').replace('$06$', '$20$')],
  ];

  it.each(accounts)('%s', async (_what, stored) => {
    expect(await roundsToRefuse('wrong', stored)).toBe(2 ** 8);
    expect(await roundsToRefuse('secret\0secret', stored)).toBe(2 ** 8);
    expect(await roundsToRefuse(`wrong ${NFC}`, stored)).toBe(2 ** 8);
    expect(await roundsToRefuse(`wrong ${NFD}`, stored)).toBe(2 * 2 ** 8); // tried in both forms
  });

  it('but a hash dearer than today’s does its own', async () => {
    expect(await roundsToRefuse('wrong', hashPassword('secret', 9))).toBe(2 ** 9);
  });
});

describe('isTooLong', () => {
  it('counts 1,024 characters as people do: an emoji is one, and é is one however typed', () => {
    expect(isTooLong('\u{1f511}'.repeat(1024))).toBe(false);
    expect(isTooLong('e\u0301'.repeat(1024))).toBe(false);
    expect(isTooLong('a'.repeat(1024))).toBe(false);
    expect(isTooLong('a'.repeat(1025))).toBe(true);
    expect(isTooLong('\u{1f511}'.repeat(1025))).toBe(true);
  });
});
