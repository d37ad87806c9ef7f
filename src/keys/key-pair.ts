import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** Each always has a key that signs: clients choose one of them for their id_tokens. */
export const ASYMMETRIC_ALGORITHMS = ['ES256', 'RS256'] as const;

export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number];

/** The public half as it stands in the JWKS. RFC 7517. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: AsymmetricAlgorithm;
  readonly [member: string]: string;
}

export interface KeyPair {
  readonly publicJwk: PublicJwk;
  readonly privateKey: KeyObject;
}

/**
 * Bits of an RS256 key. An ID token is proof for minutes and is signed while its client waits: 3072 bits take six times
 * as long. docs/adr/0021.
 */
export const RSA_BITS = { accessTokens: 3072, idTokens: 2048 } as const;

/** Makes a pair for signing: P-256 for ES256. */
export async function makeKeyPair(
  algorithm: AsymmetricAlgorithm,
  rsaBits: number,
): Promise<KeyPair> {
  for (;;) {
    const pair = keyPairOf(algorithm, await makePrivateKey(algorithm, rsaBits));
    // `keys revoke -x…` would take a kid like this for an option.
    if (!pair.publicJwk.kid.startsWith('-')) return pair;
  }
}

export function keyPairOf(algorithm: AsymmetricAlgorithm, privateKey: KeyObject): KeyPair {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' }) as Record<string, string>;
  const kid = thumbprint(jwk);
  return {
    privateKey,
    publicJwk: { ...jwk, kty: jwk['kty'] ?? '', kid, use: 'sig', alg: algorithm },
  };
}

/** @returns of an EC key NaN */
export function rsaBitsOf({ n = '' }: PublicJwk): number {
  return n === '' ? NaN : Buffer.from(n, 'base64url').length * 8;
}

async function makePrivateKey(algorithm: AsymmetricAlgorithm, rsaBits: number): Promise<KeyObject> {
  const { privateKey } =
    algorithm === 'ES256'
      ? await generate('ec', { namedCurve: 'P-256' })
      : await generate('rsa', { modulusLength: rsaBits });
  return privateKey;
}

/** RFC 7638: the required members alone, in alphabetical order. */
function thumbprint(jwk: Record<string, string>): string {
  const members = jwk['kty'] === 'EC' ? ['crv', 'kty', 'x', 'y'] : ['e', 'kty', 'n'];
  const canonical = JSON.stringify(Object.fromEntries(members.map((name) => [name, jwk[name]])));
  return createHash('sha256').update(canonical).digest('base64url');
}
