import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityTarget } from 'typeorm';
import { Audit, OPERATOR } from '../platform/audit/audit.js';
import { AuditEntry } from '../platform/audit/audit-entry.entity.js';
import { Clock } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { BrowserSession } from '../sessions/browser-session.entity.js';
import { KnownDevice } from '../sessions/known-device.entity.js';
import { Session } from '../sessions/session.entity.js';
import { AccountLink } from '../users/account-link.entity.js';
import { AuthorizationCode } from './authorization-code.entity.js';
import { RevokedToken } from './revoked-token.entity.js';

/** As many rows as one statement deletes: SQLite has one writer, and a server waits for it. */
const BATCH = 500;
/** Between two statements, so that whoever waits has a turn: SQLite wakes nobody, each tries again. */
const PAUSE_MS = 20;
/** A server whose clock is behind still takes a token that has expired here: it must find it revoked. */
const CLOCKS_DIFFER_SECONDS = 60;
/** A code that was used is kept while its session lives, which its replay must end. Both by the same time. */
const OPENS_NOTHING = `(used_at IS NULL OR NOT EXISTS (
  SELECT 1 FROM sessions
  WHERE id = session_id AND revoked_at IS NULL AND sessions.expires_at > :until))`;
const DAY_MS = 86_400_000;

/** How many rows were deleted. */
export interface Purged {
  readonly sessions: number;
  readonly authorizationCodes: number;
  readonly browserSessions: number;
  readonly revokedTokens: number;
  readonly knownDevices: number;
  readonly accountLinks: number;
  readonly auditEntries: number;
}

interface Which {
  readonly column?: 'expires_at' | 'at';
  /** a condition in SQL */
  readonly only?: string;
}

/** Deletes what has expired, and what nothing would be decided by any more. */
@Injectable()
export class Purge {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly audit: Audit,
  ) {}

  /** Sessions that were ended go when they would have expired, so that why and when is known until then. */
  async run(): Promise<Purged> {
    const now = this.clock.now();
    return {
      sessions: await this.deleteExpired(Session, now),
      authorizationCodes: await this.deleteExpired(AuthorizationCode, now - CLOCKS_DIFFER_SECONDS, {
        only: OPENS_NOTHING,
      }),
      browserSessions: await this.deleteExpired(BrowserSession, now),
      revokedTokens: await this.deleteExpired(RevokedToken, now - CLOCKS_DIFFER_SECONDS),
      knownDevices: await this.deleteExpired(KnownDevice, now),
      accountLinks: await this.deleteExpired(AccountLink, now),
      auditEntries: await this.deleteOldEntries(),
    };
  }

  /** What is gone from the log, the log itself says: else nobody could tell it from what somebody took away. */
  private async deleteOldEntries(): Promise<number> {
    const { AUDIT_RETENTION_DAYS } = this.settings;
    if (AUDIT_RETENTION_DAYS === 0) return 0;
    const until = this.clock.milliseconds() - AUDIT_RETENTION_DAYS * DAY_MS;
    const count = await this.deleteExpired(AuditEntry, until, { column: 'at' });
    if (count === 0) return 0;
    const reason = `audit_entries:${count}`;
    await this.audit.record({ event: 'data.purged', by: OPERATOR, subject: 'everyone', reason });
    return count;
  }

  /** @param until in the unit of the column that says until when a row is kept */
  private async deleteExpired(
    entity: EntityTarget<object>,
    until: number,
    which: Which = {},
  ): Promise<number> {
    for (let deleted = 0; ; await sleep(PAUSE_MS)) {
      const batch = await this.deleteBatch(entity, until, which);
      deleted += batch;
      if (batch === 0) return deleted; // a short one may be one of which a row was refreshed
    }
  }

  /** Not DELETE … LIMIT, which PostgreSQL does not know. */
  private async deleteBatch(
    entity: EntityTarget<object>,
    until: number,
    { column = 'expires_at', only = 'TRUE' }: Which,
  ): Promise<number> {
    const { tableName, primaryColumns } = this.dataSource.getMetadata(entity);
    const key = primaryColumns[0]?.databaseName;
    const { affected } = await this.dataSource
      .createQueryBuilder()
      .delete()
      .from(entity)
      .where(
        `${key} IN (SELECT ${key} FROM ${tableName} WHERE ${column} <= :until AND ${only} LIMIT ${BATCH})`,
      )
      .andWhere(`${column} <= :until`) // again: PostgreSQL asks only this of a row that was written meanwhile
      .setParameters({ until })
      .execute();
    return affected ?? 0;
  }
}
