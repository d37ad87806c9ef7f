import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import { Repository } from 'typeorm';
import { type Client, Clients } from '../clients/clients.js';
import { Changes } from '../platform/changes.js';
import { Clock } from '../platform/clock.js';
import { InactiveUser, InvalidToken } from '../protocol/bearer.js';
import { User } from '../users/user.entity.js';
import { Session } from './session.entity.js';

/** Who is behind a token, as the database had it less than a second ago. */
export interface Principal {
  readonly user: User;
  readonly session: Session;
  readonly client: Client;
}

const MAX_ENTRIES = 10_000;
/** A change made by another process is seen within this; one made here, at once. */
const MAX_AGE_MS = 1000;

/**
 * Answers for each guarded request whether the session behind a token lives, without asking the
 * database each time, and without ever saying yes after a revocation was answered.
 */
@Injectable()
export class Principals {
  private readonly cache = new LRUCache<string, Principal>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });
  private readonly lookups = new Map<string, Promise<Principal>>();
  /** Counts the changes heard of; a look-up that saw it move has read something old. */
  private changeCount = 0;

  constructor(
    @InjectRepository(Session) private readonly sessions: Repository<Session>,
    private readonly clients: Clients,
    private readonly clock: Clock,
    changes: Changes,
  ) {
    changes.listen(() => this.forget());
  }

  /**
   * @throws {InvalidToken} when the session has ended, or its user or client is gone
   * @throws {InactiveUser} when the user is disabled
   */
  find(sessionId: string, userId: string): Principal | Promise<Principal> {
    const cached = this.cache.get(sessionId);
    if (cached?.user.id === userId) return this.alive(cached);
    return this.lookUpOnce(sessionId, userId);
  }

  /** All of it: changes are rare beside the second that entries live anyway, and no index can be wrong. */
  private forget(): void {
    this.changeCount += 1;
    this.cache.clear();
    this.lookups.clear();
  }

  /** Requests that miss at the same time share one read. */
  private lookUpOnce(sessionId: string, userId: string): Promise<Principal> {
    const key = `${sessionId} ${userId}`;
    const running = this.lookups.get(key);
    if (running) return running;
    const lookup = this.lookUp(sessionId, userId).finally(() => {
      if (this.lookups.get(key) === lookup) this.lookups.delete(key);
    });
    this.lookups.set(key, lookup);
    return lookup;
  }

  /** Reads again for as long as something changed while it was reading. */
  private async lookUp(sessionId: string, userId: string): Promise<Principal> {
    for (;;) {
      const before = this.changeCount;
      const principal = await this.read(sessionId, userId);
      if (before !== this.changeCount) continue;
      this.alive(principal);
      this.cache.set(sessionId, principal);
      return principal;
    }
  }

  /** Verdicts in order: no user, a disabled user, an ended session. */
  private async read(sessionId: string, userId: string): Promise<Principal> {
    // Not findOne(), which with a relation asks twice: the two rows must be of one moment.
    const [session] = await this.sessions.find({
      where: { id: sessionId, userId },
      relations: { user: true },
    });
    if (!session) throw new InvalidToken('no such session of this user');
    const client = this.clients.find(session.clientId);
    if (!client) throw new InvalidToken('the client is gone');
    return { user: session.user, session, client };
  }

  private alive(principal: Principal): Principal {
    const { user, session } = principal;
    if (user.disabled) throw new InactiveUser();
    if (session.revokedAt !== null) throw new InvalidToken('the session was ended');
    if (session.authEpoch !== user.authEpoch) throw new InvalidToken('all sessions were ended');
    if (session.expiresAt <= this.clock.now()) throw new InvalidToken('the session has expired');
    return principal;
  }
}
