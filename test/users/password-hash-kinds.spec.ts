import { readFileSync } from 'node:fs';
import * as bcryptjs from 'bcryptjs';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { effort, Effort } from '../../src/users/hashes/effort.js';
import { hashFault, UNUSABLE_HASH } from '../../src/users/hashes/kinds.js';
import { hashPassword, verifyPassword } from '../../src/users/password-hash.js';

vi.mock('bcryptjs', { spy: true });

const vectors = ['./passlib-vectors.json', './foreign-vectors.json'].flatMap(
  (file) =>
    JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as {
      scheme: string;
      about: string;
      password: string;
      hash: string;
    }[],
);
const hashOf = (scheme: string) =>
  vectors.find((vector) => vector.scheme === scheme)?.hash ?? expect.fail(`no vector ${scheme}`);

const FAILED = { matches: false, outdated: false };
const argon2 = hashOf('argon2id');
const pbkdf2 = hashOf('pbkdf2_sha256');
const argon2With = (settings: string) => argon2.replace('m=64,t=1,p=1', settings);

describe('hashFault', () => {
  it('finds nothing wrong with what other applications have made, and what is made here', () => {
    expect(vectors.filter(({ hash }) => hashFault(hash) !== undefined)).toEqual([]);
    expect(vectors.length).toBeGreaterThan(100);
    expect(hashFault(hashPassword('secret', 4))).toBeUndefined();
  });

  it.each([
    ['a password in the clear', 'secret'],
    ['no password at all', UNUSABLE_HASH],
    ['md5crypt', '$1$abcdefgh$irWbblnpmw.5z7wgBnprh0'],
    ['scrypt', 'scrypt$16384$salt$8$1$hash'],
    ['$2x$', '$2x$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW'],
  ])('names the kinds that are known: %s', (_what, hash) => {
    expect(hashFault(hash)).toBe(
      'is of an unknown kind; known are $bcrypt-sha256$, bcrypt_sha256$, $2a$, $2b$, $2y$, ' +
        '$argon2id$, $argon2i$, $argon2d$ (also after argon2), pbkdf2_sha256$, pbkdf2_sha1$',
    );
  });

  it.each([
    ['more memory', argon2With('m=131073,t=1,p=1'), 'needs 129 MiB of memory, where 128 can be'],
    ['all memory', argon2With('m=99999999,t=1,p=1'), 'needs 97657 MiB of memory'],
    ['more passes', argon2With('m=65536,t=33,p=4'), 'goes over its memory 33 times, where 32 can'],
    ['more lanes', argon2With('m=1024,t=1,p=17'), 'has 17 lanes, where 16 can be'],
    ['more iterations', pbkdf2.replace('$1000$', '$10000001$'), 'has 10000001 iterations, where'],
    ['a dearer bcrypt', hashOf('bcrypt 2b').replace('$04$', '$16$'), 'has a cost of 16, where 4'],
    [
      'a dearer bcrypt_sha256',
      hashOf('bcrypt_sha256 v2 2b').replace('r=4', 'r=31'),
      'has a cost of 31, where 4 to 15 can be',
    ],
    ['an old Argon2', argon2.replace('$v=19', ''), 'is of an Argon2 version other than 19'],
  ])('says what a hash asks too much of: %s', (_what, hash, fault) => {
    expect(hashFault(hash)).toContain(fault);
  });

  it.each([
    ['half of it', argon2.slice(0, 40)],
    ['a short digest', argon2.slice(0, -30)],
    ['a short salt', argon2.replace(/\$[^$]+(?=\$[^$]+$)/, '$c2FsdA')],
    ['no passes', argon2With('m=64,t=0,p=1')],
    ['no lanes', argon2With('m=64,t=1,p=0')],
    ['too little memory for its lanes', argon2With('m=31,t=1,p=4')],
    ['a digest of another length', pbkdf2.replace('sha256', 'sha1')],
    ['base64 without its end', pbkdf2.slice(0, -1)],
    ['no salt', pbkdf2.replace(/\$[^$]+(?=\$[^$]+$)/, '$')],
    ['no iterations', pbkdf2.replace('$1000$', '$0$')],
    ['a final newline', `${argon2}\n`],
    ['bcrypt cut off', hashOf('bcrypt 2b').slice(0, -1)],
  ])('says that a hash is broken: %s', async (_what, hash) => {
    expect(hashFault(hash)).toBe('is cut off or broken');
    expect(await verifyPassword('secret', hash, 4)).toEqual(FAILED);
  });

  it('takes nothing that a row has no room for', () => {
    expect(hashFault(argon2.padEnd(256, 'A'))).toBe('is longer than 255 characters');
  });
});

describe('verifyPassword', () => {
  it('matches no text that was spoilt, and never throws', async () => {
    const whole = [argon2, hashOf('argon2d'), pbkdf2, hashOf('django bcrypt')];
    const spoilt = fc
      .tuple(fc.constantFrom(...whole), fc.nat(120), fc.string({ unit: 'binary', minLength: 1 }))
      .map(([hash, at, text]) => hash.slice(0, at) + text + hash.slice(at));
    await fc.assert(
      fc.asyncProperty(spoilt, async (hash) => {
        expect(await verifyPassword('correct-horse-battery-staple', hash, 4)).toEqual(FAILED);
      }),
      { numRuns: 300 },
    );
  });

  /** Rounds of bcrypt, read from the salts that were hashed with. */
  async function roundsToRefuse(hash: string): Promise<number> {
    vi.mocked(bcryptjs.hashSync).mockClear();
    expect(await verifyPassword('wrong', hash, 10)).toEqual(FAILED);
    return vi
      .mocked(bcryptjs.hashSync)
      .mock.calls.map(([, salt]) => 2 ** bcryptjs.getRounds(String(salt)))
      .reduce((sum, some) => sum + some, 0);
  }

  it.each([
    ['what nobody has measured', 0, 1024],
    ['a third of today’s work', 333.3, 704], // 690.7, in sixteens
    ['a little less than today’s', 1023, 16],
    ['today’s', 1024, 0],
    ['more than today’s', 5000, 0],
  ])('makes up for what %s leaves undone', async (_what, counted, made) => {
    const measured = vi.spyOn(effort, 'roundsOf').mockReturnValue(counted);
    expect(await roundsToRefuse(argon2)).toBe(made);
    expect(await roundsToRefuse(pbkdf2)).toBe(made);
    measured.mockRestore();
  });
});

describe('the rounds of bcrypt that others are counted in', () => {
  it.each([
    ['a whole one of today’s', 0, [1024]],
    ['none of the small ones that make up for the rest', 333.3, []],
  ])('are those of %s', async (_what, counted, measured) => {
    const roundsOf = vi.spyOn(effort, 'roundsOf').mockReturnValue(counted);
    const rounds = vi.spyOn(effort, 'measureRounds');
    expect(await verifyPassword('wrong', pbkdf2, 10)).toEqual(FAILED);
    expect(rounds.mock.calls.map(([count]) => count)).toEqual(measured);
    roundsOf.mockRestore();
    rounds.mockRestore();
  });
});

describe('Effort', () => {
  /** Work that takes so many milliseconds of a clock that is told. */
  function stage() {
    let time = 0;
    const measured = new Effort(() => time);
    return {
      measured,
      bcrypt: (rounds: number, ms: number) => measured.measureRounds(rounds, () => (time += ms)),
      other: (name: string, ms: number) => measured.measure(name, async () => (time += ms)),
    };
  }

  it('counts the least time that work took in the quickest rounds of bcrypt', async () => {
    const { measured, bcrypt, other } = stage();
    bcrypt(4096, 400);
    bcrypt(4096, 204.8);
    await other('argon2', 900);
    await other('argon2', 150);
    await other('argon2', 160);
    expect(measured.roundsOf('argon2')).toBeCloseTo(3000);
  });

  it('counts nothing as long as one of the two is not known, so that more is done', async () => {
    const { measured, bcrypt, other } = stage();
    await other('argon2', 150);
    expect(measured.roundsOf('argon2')).toBe(0);
    bcrypt(4096, 200);
    expect(measured.roundsOf('pbkdf2')).toBe(0);
  });

  it('is bounded, however many kinds a table holds', async () => {
    const { measured, bcrypt, other } = stage();
    bcrypt(1, 1);
    for (let kind = 0; kind < 250; kind++) await other(`kind ${kind}`, 5);
    const known = Array.from({ length: 250 }, (_, kind) => measured.roundsOf(`kind ${kind}`));
    expect(known.filter((rounds) => rounds > 0).length).toBeLessThanOrEqual(100);
    expect(measured.roundsOf('kind 249')).toBe(5);
  });
});
