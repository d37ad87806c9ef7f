import { constants, createHash, type KeyObject, privateEncrypt, sign } from 'node:crypto';
import { Keys } from '../../../src/keys/keys.js';
import { unsigned } from '../forge.js';
import type { Attack, Target } from './target.js';

/** DER of the DigestInfo of SHA-256, up to the digest. RFC 8017 §9.2. */
const SHA256_INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
/** The same without the NULL of its parameters, which lenient verifiers take too. */
const WITHOUT_NULL = Buffer.from('302f300b06096086480165030402010420', 'hex');
const SHA1_INFO = Buffer.from('3021300906052b0e03021a05000414', 'hex');

/** Signed with the right key and padded as RS256 is not, after the kinds of Project Wycheproof; none without an RSA key. */
export function badPaddings({ service, token }: Target): Attack[] {
  const { signWith: key } = service.app.get(Keys).current;
  if (key.asymmetricKeyType !== 'rsa') return [];
  const input = unsigned(token, {});
  const digest = createHash('sha256').update(input).digest();
  const sha1 = createHash('sha1').update(input).digest();
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  const whole = Buffer.concat([SHA256_INFO, digest]);
  const padded = (content: Buffer, { type = 1, filler = 0xff, after = Buffer.alloc(0) } = {}) =>
    Buffer.concat([
      Buffer.from([0, type]),
      Buffer.alloc(size - 3 - content.length - after.length, filler),
      Buffer.from([0]),
      content,
      after,
    ]);
  const blocks = {
    'block type 0': padded(whole, { type: 0, filler: 0 }),
    'block type 2': padded(whole, { type: 2 }),
    'another filler': padded(whole, { filler: 0xfe }),
    'no digest info': padded(digest),
    'a digest info without its NULL': padded(Buffer.concat([WITHOUT_NULL, digest])),
    'the digest info of SHA-1': padded(Buffer.concat([SHA1_INFO, sha1])),
    'something after the digest (CVE-2006-4339)': padded(whole, { after: Buffer.alloc(16) }),
    'a digest cut short': padded(Buffer.concat([SHA256_INFO, digest.subarray(0, 31)])),
  };
  const padding = constants.RSA_NO_PADDING;
  const pss = sign('sha256', Buffer.from(input), { key, padding: constants.RSA_PKCS1_PSS_PADDING });
  return [
    ...Object.entries(blocks).map(([what, block]): Attack => {
      const signature = privateEncrypt({ key: pem(key), padding }, block);
      return [`RS256 with ${what}`, `${input}.${signature.toString('base64url')}`];
    }),
    ['RS256 padded as PS256', `${input}.${pss.toString('base64url')}`],
    ['RS512', `${input}.${sign('sha512', Buffer.from(input), key).toString('base64url')}`],
  ];
}

function pem(key: KeyObject): string | Buffer {
  return key.export({ type: 'pkcs8', format: 'pem' });
}
