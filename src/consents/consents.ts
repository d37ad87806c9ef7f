import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, Repository } from 'typeorm';
import type { Client } from '../clients/client.entity.js';
import { Audit, type AuditEvent, type Doer } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { PreparedFind } from '../platform/database/prepared-find.js';
import { isUniqueViolation } from '../platform/database/unique-violation.js';
import { Page, type PageQuery } from '../platform/http/page.js';
import { formatScope, missingScopes, parseScope } from '../protocol/scope.js';
import { Sessions } from '../sessions/sessions.js';
import { AuthorizationCodes } from '../tokens/authorization-codes.js';
import { Consent } from './consent.entity.js';

/** Whose consent, and for which application. */
type Parties = Pick<Consent, 'userId' | 'clientId'>;

/** Keeps what people let the applications of others do. RFC 6749 §4.1. */
@Injectable()
export class Consents {
  private readonly found: PreparedFind<Consent>;

  constructor(
    @InjectRepository(Consent) private readonly rows: Repository<Consent>,
    private readonly codes: AuthorizationCodes,
    private readonly sessions: Sessions,
    private readonly clock: Clock,
    private readonly audit: Audit,
  ) {
    this.found = new PreparedFind(rows, [], ['userId', 'clientId']);
  }

  /** Whether all of a scope was allowed; of none, whether anything was. */
  async covers(userId: string, clientId: string, scope: readonly string[]): Promise<boolean> {
    const given = await this.given(userId, clientId);
    return given !== undefined && missingScopes(scope, given).length === 0;
  }

  /** @returns what was allowed; undefined without a consent */
  async given(userId: string, clientId: string): Promise<readonly string[] | undefined> {
    const consent = await this.found.by(userId, clientId);
    return consent ? parseScope(consent.scope) : undefined;
  }

  /** Whether anything was allowed. */
  async exists(userId: string, clientId: string): Promise<boolean> {
    return (await this.given(userId, clientId)) !== undefined;
  }

  /** Adds to what was given: a client that asks for less another time does not lose the rest. */
  async give(
    userId: string,
    { id: clientId }: Pick<Client, 'id'>,
    scope: readonly string[],
    by: Doer,
  ): Promise<void> {
    const parties = { userId, clientId };
    while (!(await this.unite(parties, scope))); // each time, another one was written
    await this.record('consent.given', parties, by);
  }

  /** In the order in which the applications were registered, the newest first; each with its client. */
  async listOf({ id: userId }: { readonly id: string }, page: PageQuery): Promise<Page<Consent>> {
    const { after, limit } = page;
    const found = await this.rows.find({
      where: { userId, ...(after === undefined ? {} : { clientId: LessThan(after) }) },
      relations: { client: true },
      order: { clientId: 'DESC' },
      take: limit + 1,
    });
    const rows = found.map((consent) => ({ id: consent.clientId, consent }));
    return Page.of(rows, limit).map(({ consent }) => consent);
  }

  /**
   * Ends with the consent all that came of it. Once before, so that a crash leaves a consent that can be
   * withdrawn again, and not a session without one; once after, for what came of it meanwhile.
   *
   * @returns whether it was this call that withdrew it
   */
  async withdraw(userId: string, clientId: string, by: Doer): Promise<boolean> {
    const parties = { userId, clientId };
    if (!(await this.exists(userId, clientId))) return false;
    await this.endGranted(parties, by);
    const { affected } = await this.rows.delete(parties);
    await this.endGranted(parties, by);
    if (affected === 0) return false;
    await this.record('consent.withdrawn', parties, by);
    return true;
  }

  private async endGranted(parties: Parties, by: Doer): Promise<void> {
    await this.codes.withdraw(parties.userId, parties.clientId);
    await this.sessions.endOfClient(parties, by);
  }

  /** @returns false when somebody else wrote it since it was read */
  private async unite(parties: Parties, scope: readonly string[]): Promise<boolean> {
    const now = this.clock.now();
    const given = await this.rows.findOneBy(parties);
    if (!given) {
      return this.insert({
        ...parties,
        scope: formatScope(scope),
        createdAt: now,
        updatedAt: now,
      });
    }
    const { affected } = await this.rows.update(
      { ...parties, scope: given.scope },
      { scope: formatScope([...new Set([...parseScope(given.scope), ...scope])]), updatedAt: now },
    );
    return affected === 1;
  }

  private async insert(consent: Omit<Consent, 'user' | 'client'>): Promise<boolean> {
    try {
      await this.rows.insert(consent);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  private record(event: AuditEvent, { userId, clientId }: Parties, by: Doer): Promise<void> {
    return this.audit.record({ event, by, subject: `client:${clientId}`, userId });
  }
}
