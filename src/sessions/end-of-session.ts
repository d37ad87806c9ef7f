import type { Session } from './session.entity.js';

/** Why nothing can be done with a session any more. */
export type EndOfSession =
  | 'user disabled'
  | 'session ended'
  | 'all sessions of the user ended'
  | 'session expired'
  | 'client gone or disabled'
  | 'all sessions of the client ended';

/**
 * The one rule of what lives. The user's own state comes first, as the guard tells it apart.
 *
 * @param session with its user and client, all three as they were at one moment
 * @param now epoch seconds
 * @param maxAge SESSION_MAX_AGE_SECONDS, which may be less than it was when the session opened
 * @returns undefined while it lives
 */
export function endOf(session: Session, now: number, maxAge: number): EndOfSession | undefined {
  const { user, client } = session;
  if (user.disabled) return 'user disabled';
  if (session.revokedAt !== null) return 'session ended';
  if (session.authEpoch !== user.authEpoch) return 'all sessions of the user ended';
  if (Math.min(session.expiresAt, session.createdAt + maxAge) <= now) return 'session expired';
  if (!client || client.disabled) return 'client gone or disabled';
  if (session.clientEpoch !== client.epoch) return 'all sessions of the client ended';
  return undefined;
}
