import { Injectable } from '@nestjs/common';
import type { Client } from '../clients/client.entity.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { Recent } from '../platform/recent.js';
import { InactiveUser, InvalidToken } from '../protocol/bearer.js';
import type { User } from '../users/user.entity.js';
import type { Session } from './session.entity.js';
import { Sessions } from './sessions.js';

/** Who is behind a user's token, as the database had it less than a second ago. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly user: User;
  readonly session: Session;
  readonly client: Client;
}

/** @param session that lives, and so has a client */
export function principalOf(session: Session): UserPrincipal {
  return { kind: 'user', user: session.user, session, client: session.client as Client };
}

/**
 * Answers for each guarded request whether the session behind a token lives, without asking the
 * database each time, and without ever saying yes after a revocation was answered.
 */
@Injectable()
export class Principals {
  private readonly recent: Recent<UserPrincipal>;

  constructor(
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    changes: Changes,
  ) {
    this.recent = new Recent(changes, { by: ['user', 'client'], byIts: 'session' });
  }

  /**
   * @throws {InvalidToken} when the session has ended, or its user or client is gone
   * @throws {InactiveUser} when the user is disabled
   */
  find(sessionId: string, userId: string): UserPrincipal | Promise<UserPrincipal> {
    const known = this.recent.get(sessionId);
    // One that has run out may have been refreshed since, of which no change tells.
    const good = known && known.session.expiresAt > this.clock.now();
    return good ? this.check(known, userId) : this.readAndCheck(sessionId, userId);
  }

  private async readAndCheck(sessionId: string, userId: string): Promise<UserPrincipal> {
    const principal = await this.recent.read(sessionId, () => this.read(sessionId));
    return this.check(principal, userId);
  }

  private async read(sessionId: string): Promise<UserPrincipal> {
    const session = await this.sessions.load(sessionId);
    if (!session) throw new InvalidToken('no such session');
    this.refuseEnded(session);
    return principalOf(session);
  }

  /** Asked each time, as time passes without any change. */
  private check(principal: UserPrincipal, userId: string): UserPrincipal {
    if (principal.user.id !== userId) throw new InvalidToken("the session is another user's");
    this.refuseEnded(principal.session);
    return principal;
  }

  private refuseEnded(session: Session): void {
    const end = this.sessions.endOf(session);
    if (end === 'user disabled') throw new InactiveUser();
    if (end) throw new InvalidToken(end);
  }
}
