import type { SigningKey } from './signing-key.entity.js';

/** What decides when a key signs and verifies. */
export type KeyLife = Pick<
  SigningKey,
  'generation' | 'signsFrom' | 'longestTtlSeconds' | 'revokedAt'
>;

/**
 * - `waiting`: in the JWKS, and signs later
 * - `signing`
 * - `retired`: verifies what it has signed
 * - `ended`: no token that it signed can still be alive, if it signed any
 * - `revoked`
 */
export type KeyState = 'waiting' | 'signing' | 'retired' | 'ended' | 'revoked';

/** Clocks of several processes differ, and each hears of a new key a moment later. Seconds. */
const LEEWAY = 5;
/** How late another process may see a new key: twice what it takes. Milliseconds. */
const SEEN_WITHIN_MS = 1000;
const DAY = 86_400;

/**
 * When a key that is made now may sign. Whoever fetches the JWKS keeps it for the publishing time, and
 * may fetch it from a process that sees the key only a second from now: so one second more than that.
 *
 * @param nowMs epoch milliseconds
 * @param publishSeconds KEY_PUBLISH_SECONDS
 * @returns epoch seconds
 */
export function signsFromAfter(nowMs: number, publishSeconds: number): number {
  return Math.ceil((nowMs + publishSeconds * 1000 + SEEN_WITHIN_MS) / 1000);
}

/**
 * When its successor takes over: the first of the later keys, but none that was revoked before it signed.
 *
 * @param keys every later key of the algorithm; earlier ones do not matter
 * @returns epoch seconds; Infinity while there is no successor
 */
export function retiredAt(key: KeyLife, keys: readonly KeyLife[]): number {
  const successors = keys.filter(
    ({ generation, signsFrom, revokedAt }) =>
      generation > key.generation && (revokedAt === null || revokedAt >= signsFrom),
  );
  return Math.min(...successors.map(({ signsFrom }) => signsFrom));
}

/**
 * Up to when a key verifies: its last token has then expired. One whose successor takes over no later
 * than it would itself begin (it waited while the signing key was revoked) never signs, so nothing
 * of it is good: whoever got the revoked key may have got this one too.
 *
 * @param keys every later key of the algorithm
 * @returns epoch seconds; Infinity while there is no successor
 */
export function verifiesUntil(key: KeyLife, keys: readonly KeyLife[]): number {
  if (key.revokedAt !== null) return key.revokedAt;
  const retired = retiredAt(key, keys);
  return retired <= key.signsFrom ? retired : retired + key.longestTtlSeconds + LEEWAY;
}

/**
 * @param keys every later key of the algorithm
 * @param now epoch seconds
 */
export function stateOf(key: KeyLife, keys: readonly KeyLife[], now: number): KeyState {
  if (key.revokedAt !== null) return 'revoked';
  if (verifiesUntil(key, keys) <= now) return 'ended';
  if (retiredAt(key, keys) <= now) return 'retired';
  return key.signsFrom > now ? 'waiting' : 'signing';
}

/** The keys in one of these states. */
export function keysIn<K extends KeyLife>(
  states: readonly KeyState[],
  keys: readonly K[],
  now: number,
): K[] {
  return keys.filter((key) => states.includes(stateOf(key, keys, now)));
}

/**
 * Whether the key has signed for so long that the next one is due.
 *
 * @param maxAgeDays KEY_MAX_AGE_DAYS; 0: never
 */
export function isOld({ signsFrom }: KeyLife, maxAgeDays: number, now: number): boolean {
  return maxAgeDays > 0 && signsFrom + maxAgeDays * DAY <= now;
}
