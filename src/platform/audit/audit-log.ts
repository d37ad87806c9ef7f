import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, Repository } from 'typeorm';
import { Page } from '../http/page.js';
import { AuditEntry } from './audit-entry.entity.js';
import type { AuditEvent, AuditResult } from './audit-events.js';

/** What entries are wanted; all of it must hold. */
export interface AuditFilter {
  readonly userId?: string | undefined;
  readonly actor?: string | undefined;
  readonly event?: AuditEvent | undefined;
  readonly result?: AuditResult | undefined;
  /** epoch milliseconds; the entries of this very one included */
  readonly since?: number | undefined;
  /** epoch milliseconds; the entries of this very one left out, so that two stretches of time share none */
  readonly until?: number | undefined;
}

/** Reads the audit log, the newest first. */
@Injectable()
export class AuditLog {
  constructor(@InjectRepository(AuditEntry) private readonly rows: Repository<AuditEntry>) {}

  /**
   * By time and not by id: ids are in the order of the clock of each process, and what is asked for is
   * a time. Both stand in every index, so a page costs what is on it.
   *
   * @param after the id of the last entry of the page before; one that was purged has nothing older behind it
   */
  async page(
    { since, until, ...equal }: AuditFilter,
    { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  ): Promise<Page<AuditEntry>> {
    const query = this.rows.createQueryBuilder('entry').where(sent(equal));
    if (since !== undefined) query.andWhere('entry.at >= :since', { since });
    if (until !== undefined) query.andWhere('entry.at < :until', { until });
    if (after !== undefined) {
      const last = await this.rows.findOneBy({ id: after });
      if (!last) return Page.of<AuditEntry>([], limit);
      query.andWhere('(entry.at, entry.id) < (:at, :after)', { at: last.at, after });
    }
    query.orderBy('entry.at', 'DESC').addOrderBy('entry.id', 'DESC');
    return Page.of(await query.limit(limit + 1).getMany(), limit);
  }
}

/** TypeORM throws at a condition that is undefined. */
function sent(conditions: Record<string, string | undefined>): FindOptionsWhere<AuditEntry> {
  return Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
}
