import { sign } from 'node:crypto';
import { Keys } from '../../../src/keys/keys.js';
import { unsigned } from '../forge.js';
import type { Attack, Target } from './target.js';

/** The order of P-256. */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const HALF = 32;

/** Pairs of numbers that are no signature, and a signature in another encoding; none without a key on P-256. RFC 7518 §3.4. */
export function badNumbers({ service, token }: Target): Attack[] {
  const { signWith: key } = service.app.get(Keys).current;
  if (key.asymmetricKeyType !== 'ec') return [];
  const input = unsigned(token, {});
  const data = Buffer.from(input);
  const good = sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
  const [r, s] = [number(good.subarray(0, HALF)), number(good.subarray(HALF))];
  const signatures = {
    'DER encoding': sign('sha256', data, { key, dsaEncoding: 'der' }),
    'r and s exchanged': pair(s, r),
    'r 0 and s 0': pair(0n, 0n),
    'r 1 and s 1': pair(1n, 1n),
    'r n and s n': pair(N, N),
    'r and s 0': pair(r, 0n),
    'r 0 and s': pair(0n, s),
    'r and s n': pair(r, N),
    'r negated': pair(N - r, s),
    'r and s without a curve, in 48 bytes each': Buffer.concat([
      Buffer.alloc(16),
      good.subarray(0, HALF),
      Buffer.alloc(16),
      good.subarray(HALF),
    ]),
    'SHA-384 of the input': sign('sha384', data, { key, dsaEncoding: 'ieee-p1363' }),
  };
  return Object.entries(signatures).map(([what, signature]) => [
    `ES256 with ${what}`,
    `${input}.${signature.toString('base64url')}`,
  ]);
}

/** (r, n - s) is as good a signature as (r, s), and anybody can make it: another text of the same token. */
export function twinOf(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const twin = pair(number(bytes.subarray(0, HALF)), N - number(bytes.subarray(HALF)));
  return `${header}.${payload}.${twin.toString('base64url')}`;
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function pair(r: bigint, s: bigint): Buffer {
  return Buffer.from([r, s].map((one) => one.toString(16).padStart(HALF * 2, '0')).join(''), 'hex');
}
