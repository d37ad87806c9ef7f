import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

interface SharedKey {
  readonly kid: string;
  readonly signWith: KeyObject;
  readonly verifyWith: KeyObject;
}

/** The keys of JWT_SECRET, for HS256: the first signs, all verify. Nothing of them is stored or published. */
export function sharedSecrets(secrets: readonly string[]): SharedKey[] {
  return secrets.map((secret) => {
    const key = createSecretKey(Buffer.from(secret, 'utf8'));
    return { kid: publicName(secret), signWith: key, verifyWith: key };
  });
}

/** A kid that tells two shared secrets apart and nothing about either. */
function publicName(secret: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'hallpass/kid/v1', 8)).toString('base64url');
}
