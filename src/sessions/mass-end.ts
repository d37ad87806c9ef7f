import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { Audit, type Doer } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { Occurrences } from '../platform/occurrences.js';
import { Session } from './session.entity.js';

/** Why all the sessions of a user, of a client, or of everyone were ended. */
export type MassEndReason =
  | 'password_changed'
  | 'user_disabled'
  | 'client_disabled'
  | 'client_deleted'
  | 'client_secrets_withdrawn'
  | 'ended_by_operator';

/** Whose sessions: those of one user, of one client, or everyone's. */
export type Whose = { readonly userId: string } | { readonly clientId: string } | 'everyone';

interface End {
  /** epoch seconds */
  readonly revokedAt: number;
  readonly revokedReason: MassEndReason;
}

/** As many as one statement writes: all of a popular client's would keep the database longer than it allows. */
const BATCH = 500;

const BEHIND = `(
  auth_epoch < (SELECT users.auth_epoch FROM users WHERE users.id = sessions.user_id)
  OR client_epoch < (SELECT clients.epoch FROM clients WHERE clients.id = sessions.client_id)
  OR NOT EXISTS (SELECT 1 FROM clients WHERE clients.id = sessions.client_id))`;

/**
 * Writes into sessions that an epoch has ended why and when that was. They are dead already, so a
 * crash before this costs the explanation alone; one opened since has the new epoch and is left alone.
 */
@Injectable()
export class MassEnd {
  constructor(
    @InjectRepository(Session) private readonly rows: Repository<Session>,
    private readonly clock: Clock,
    private readonly audit: Audit,
    private readonly occurrences: Occurrences,
  ) {}

  async explain(whose: Whose, reason: MassEndReason, by: Doer): Promise<void> {
    const end = { revokedAt: this.clock.now(), revokedReason: reason };
    for (let after = ''; ;) {
      const ids = await this.behind(whose, after);
      if (ids.length > 0) await this.end(ids, end);
      const last = ids.at(-1);
      if (last === undefined || ids.length < BATCH) break;
      after = last;
    }
    await this.audit.record({ event: 'sessions.ended', by, reason, ...subjectOf(whose) });
  }

  private async end(ids: readonly string[], end: End): Promise<void> {
    const { affected } = await this.rows.update({ id: In(ids), revokedAt: IsNull() }, end);
    const count = affected ?? 0; // another process may have explained some of them
    this.occurrences.note({ of: 'sessions_ended', reason: end.revokedReason, count });
  }

  /** The next that no end is written into. What is behind once stays so, as epochs only go up. */
  private async behind(whose: Whose, after: string): Promise<string[]> {
    const found = await this.rows
      .createQueryBuilder('sessions')
      .select('sessions.id', 'id')
      .where(BEHIND)
      .andWhere('sessions.revoked_at IS NULL AND sessions.id > :after', { after })
      .andWhere(whose === 'everyone' ? {} : whose)
      .orderBy('sessions.id', 'ASC')
      .limit(BATCH)
      .getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
  }
}

function subjectOf(whose: Whose) {
  if (whose === 'everyone') return { subject: whose } as const;
  if ('clientId' in whose) return { subject: `client:${whose.clientId}` } as const;
  return { subject: `user:${whose.userId}`, userId: whose.userId } as const;
}
