/** Stands where our documentation needs a secret to show; refused wherever one is needed. */
export const SAMPLE_SECRET = 'sample-only: make yours with npm run hallpass -- secret';

/** What people paste from tutorials: long and varied, and known to everyone. */
const PUBLISHED = new Set([
  SAMPLE_SECRET,
  '09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7', // FastAPI's tutorial
  'a-string-secret-at-least-256-bits-long', // jwt.io
]);

const LEAST_BYTES = 32;
const LEAST_DIFFERENT_CHARACTERS = 16;

/** Why a key of a keyed hash is no good, continuing "is"; RFC 7518 §3.2 asks for the 32 bytes. */
export function weakKey(secret: string): string | undefined {
  if (PUBLISHED.has(secret)) return 'a sample that everyone can read';
  if (Buffer.byteLength(secret) < LEAST_BYTES) return `shorter than ${LEAST_BYTES} bytes`;
  return undefined;
}

/** Why a secret from which every other key is derived is no good, continuing "is". */
export function weakSecret(secret: string): string | undefined {
  const reason = weakKey(secret);
  if (reason) return reason;
  if (new Set(secret).size >= LEAST_DIFFERENT_CHARACTERS) return undefined;
  return `made of fewer than ${LEAST_DIFFERENT_CHARACTERS} different characters`;
}
