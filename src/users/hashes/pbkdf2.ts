import { pbkdf2Sync, timingSafeEqual } from 'node:crypto';
import { BROKEN, type HashKind, type StoredHash } from './stored-hash.js';

/** About two seconds of one core, as bcrypt at its dearest. */
const MOST_ITERATIONS = 10_000_000;

const BYTES = { sha256: 32, sha1: 20 } as const;

/** Django's: the salt is text, and the digest as long as that of its function. */
const FORMAT =
  /^pbkdf2_(sha256|sha1)\$([1-9]\d{0,9})\$([\x21-\x23\x25-\x7e]{1,128})\$([A-Za-z0-9+/]+={0,2})$/;

export const PBKDF2: HashKind = {
  name: 'pbkdf2_sha256$, pbkdf2_sha1$',
  beginning: /^pbkdf2_(?:sha256|sha1)\$/,
  read(stored) {
    const [, name, iterations, salt, text = ''] = FORMAT.exec(stored) ?? [];
    const digest = Buffer.from(text, 'base64');
    const whole = digest.toString('base64') === text;
    if (!salt || !whole || digest.length !== BYTES[name as keyof typeof BYTES]) return BROKEN;
    if (Number(iterations) > MOST_ITERATIONS) {
      return `has ${iterations} iterations, where ${MOST_ITERATIONS} can be`;
    }
    return pbkdf2(name as keyof typeof BYTES, Number(iterations), salt, digest);
  },
};

function pbkdf2(
  name: keyof typeof BYTES,
  iterations: number,
  salt: string,
  digest: Buffer,
): StoredHash {
  return {
    ours: false,
    work: `pbkdf2 ${name} ${iterations}`,
    async isMadeFrom(form) {
      return timingSafeEqual(pbkdf2Sync(form, salt, iterations, digest.length, name), digest);
    },
    comparesAllOf: () => true,
  };
}
