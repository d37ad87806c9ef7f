import { createHash, createHmac } from 'node:crypto';
import { bcrypt, costFault, isSame } from './bcrypt.js';
import { BROKEN, type HashKind, type StoredHash } from './stored-hash.js';

/**
 * passlib's, which never pads its cost, and Django's, which is plain bcrypt of a digest in hexadecimal.
 * passlib writes version 2 with 2b only, and version 1 with 2a or 2b.
 */
const FORMATS = [
  [
    'v2',
    /^\$bcrypt-sha256\$v=2,t=2b,r=([1-9]\d?)\$([./A-Za-z0-9]{21}[.Oeu])\$([./A-Za-z0-9]{31})$/,
  ],
  ['v1', /^\$bcrypt-sha256\$2[ab],([1-9]\d?)\$([./A-Za-z0-9]{21}[.Oeu])\$([./A-Za-z0-9]{31})$/],
  ['django', /^bcrypt_sha256\$\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/],
] as const;

type Form = (typeof FORMATS)[number][0];

export const BCRYPT_SHA256: HashKind = {
  name: '$bcrypt-sha256$, bcrypt_sha256$',
  beginning: /^(?:\$bcrypt-sha256\$|bcrypt_sha256\$\$2)/,
  read(stored) {
    for (const [form, format] of FORMATS) {
      const [, cost, salt, digest] = format.exec(stored) ?? [];
      if (cost && salt && digest) {
        return costFault(cost) ?? bcryptSha256(form, Number(cost), salt, digest);
      }
    }
    return BROKEN;
  },
};

/** Takes as long as a real hash, and has a digest that bcrypt's alphabet cannot write. */
export function decoy(cost: number): StoredHash {
  return bcryptSha256('v2', cost, '.'.repeat(22), '-'.repeat(31));
}

/** What is made here: passlib's version 2. */
export function makeBcryptSha256(password: string, cost: number, salt: string): string {
  const digest = bcrypt(innerDigest('v2', password, salt), cost, salt);
  return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${digest}`;
}

function bcryptSha256(form: Form, cost: number, salt: string, digest: string): StoredHash {
  return {
    ours: form === 'v2',
    work: 2 ** cost,
    isMadeFrom: async (text) => isSame(bcrypt(innerDigest(form, text, salt), cost, salt), digest),
    comparesAllOf: () => true,
  };
}

/** As text, because bcrypt would end at a zero byte of the bare digest. */
function innerDigest(form: Form, text: string, salt: string): string {
  const inner = form === 'v2' ? createHmac('sha256', salt) : createHash('sha256');
  return inner.update(text, 'utf8').digest(form === 'django' ? 'hex' : 'base64');
}
