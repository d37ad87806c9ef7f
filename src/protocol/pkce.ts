import { createHash, timingSafeEqual } from 'node:crypto';

/** 43*128unreserved, RFC 7636 §4.1. */
const VERIFIER = /^[\w.~-]{43,128}$/;
/** What S256 makes of any verifier: 256 bits in base64url without padding. RFC 7636 §4.2. */
const CHALLENGE = /^[\w-]{43}$/;

/** Whether a text has the form of a code_verifier. */
export function isCodeVerifier(text: string): boolean {
  return VERIFIER.test(text);
}

/** Whether a text has the form of a code_challenge that S256 made; `plain` is not taken. RFC 9700 §2.1.1. */
export function isCodeChallenge(text: string): boolean {
  return CHALLENGE.test(text);
}

/** S256 of RFC 7636 §4.2. */
export function codeChallengeOf(verifier: string): string {
  return createHash('sha256').update(verifier, 'ascii').digest('base64url');
}

/** Compares in a time that does not depend on how much of the challenge was met. RFC 7636 §4.6. */
export function matchesChallenge(verifier: string, challenge: string): boolean {
  if (!isCodeVerifier(verifier) || !isCodeChallenge(challenge)) return false;
  return timingSafeEqual(Buffer.from(codeChallengeOf(verifier)), Buffer.from(challenge));
}
