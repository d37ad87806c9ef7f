import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Keys } from '../../../src/keys/keys.js';
import { forge, forgeHmac, unsigned } from '../forge.js';
import type { Attack, Target } from './target.js';

/** `alg: none`, the public key as a shared secret, keys too short. RFC 8725 §2.1, §3.2, §3.5. */
export function badSignatures(target: Target): Attack[] {
  return [...none(target), ...confusion(target), ...foreignKeys(target), ...altered(target)];
}

function none({ token }: Target): Attack[] {
  const signature = token.split('.')[2];
  return ['none', 'None', 'NONE', 'nOnE'].flatMap((alg): Attack[] => {
    const input = unsigned(token, { header: { alg } });
    return [
      [`alg ${alg} with an empty signature`, `${input}.`],
      [`alg ${alg} with the old signature`, `${input}.${signature}`],
      [`alg ${alg} without the last segment`, input],
    ];
  });
}

/** The encodings in which a public key lies about. None where there is no public key. */
function confusion({ service, token }: Target): Attack[] {
  const { signWith } = service.app.get(Keys).current;
  if (signWith.type === 'secret') return [];
  const key = createPublicKey(signWith);
  const secrets = {
    PEM: key.export({ type: 'spki', format: 'pem' }),
    'PEM without its last line break': String(key.export({ type: 'spki', format: 'pem' })).trim(),
    DER: key.export({ type: 'spki', format: 'der' }),
    JWK: JSON.stringify(key.export({ format: 'jwk' })),
  };
  return Object.entries(secrets).map(([encoding, secret]) => [
    `HS256 with our public key as ${encoding}`,
    forgeHmac(token, { header: { alg: 'HS256' } }, secret),
  ]);
}

function foreignKeys({ service, token }: Target): Attack[] {
  const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
  const long = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const k256 = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
  const signed = (what: string, alg: string, key: KeyObject): Attack => [
    what,
    forge(service, token, { header: { alg }, key }),
  ];
  return [
    signed('RSA-1024', 'RS256', short),
    signed('another RSA key', 'RS256', long),
    signed('another key on P-256', 'ES256', p256),
    signed('a key on another curve', 'ES256', k256),
    signed('an elliptic key under RS256', 'RS256', p256),
    ['HS256 with an empty secret', forgeHmac(token, { header: { alg: 'HS256' } }, '')],
    ['HS256 with a guess', forgeHmac(token, { header: { alg: 'HS256' } }, 'secret')],
  ];
}

function altered({ token }: Target): Attack[] {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  const signatures = {
    'a bit turned': flipped,
    'a byte missing': bytes.subarray(1),
    'a byte more': Buffer.concat([bytes, Buffer.alloc(1)]),
    'nothing but zeros (CVE-2022-21449)': Buffer.alloc(bytes.length),
    'nothing but ones': Buffer.alloc(bytes.length, 0xff),
  };
  return Object.entries(signatures).map(([what, changed]) => [
    `a signature with ${what}`,
    `${header}.${payload}.${changed.toString('base64url')}`,
  ]);
}
