import { DataSource, type QueryRunner } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { AuditLog } from '../../src/platform/audit/audit-log.js';
import type { AuditFilter } from '../../src/platform/audit/audit-log.js';
import { startApp, type TestApp } from '../support/app.js';
import { addEntries, auditEntry, newestFirst } from '../support/audit.js';
import { onPostgres } from '../support/database.js';

const ENTRIES = 6000;
const [ALICE, BOB] = [auditEntry().id, auditEntry().id];

/** What a database says when it reads a whole table, or puts rows in order that no index has in order. */
const SLOW = onPostgres ? /Seq Scan|Sort/ : /SCAN (?!.*USING (COVERING )?INDEX)|TEMP B-TREE/;

type Statement = readonly [sql: string, parameters: readonly unknown[]];

describe('how the audit log is read', () => {
  let service: TestApp;
  let database: DataSource;
  let cursor: string;

  beforeAll(async () => {
    service = await startApp();
    database = service.app.get(DataSource);
    const entries = Array.from({ length: ENTRIES }, (_, n) =>
      auditEntry({
        at: 1_000_000 + n,
        userId: [ALICE, BOB, null][n % 3] ?? null,
        event: n % 10 === 0 ? 'session.ended' : 'sign_in',
        result: n % 50 === 0 ? 'refused' : 'success',
        actor: n % 20 === 0 ? 'operator' : 'client:hallpass',
      }),
    );
    await addEntries(service, entries);
    await database.query('ANALYZE');
    cursor = newestFirst(entries)[ENTRIES / 2]?.id ?? '';
  });
  afterAll(() => service.close());

  /** The statements that a page takes, as the database gets them. */
  async function statementsOf(filter: AuditFilter, after?: string): Promise<Statement[]> {
    const asked: Statement[] = [];
    const create = database.createQueryRunner.bind(database);
    vi.spyOn(database, 'createQueryRunner').mockImplementation((mode) => {
      const runner: QueryRunner = create(mode);
      const query = runner.query.bind(runner);
      runner.query = ((sql: string, parameters: unknown[] = [], ...more: []) => {
        if (sql.includes('audit_log')) asked.push([sql, parameters]); // others work in between
        return query(sql, parameters, ...more) as Promise<unknown>;
      }) as QueryRunner['query'];
      return runner;
    });
    const page = await service.app.get(AuditLog).page(filter, { limit: 20, after });
    vi.restoreAllMocks();
    expect(page.items.length).toBeGreaterThan(0);
    return asked;
  }

  async function planOf([sql, parameters]: Statement): Promise<string> {
    const explain = onPostgres ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN';
    const rows: Record<string, unknown>[] = await database.query(`${explain} ${sql}`, [
      ...parameters,
    ]);
    return rows.map((row) => String(row['detail'] ?? row['QUERY PLAN'])).join('\n');
  }

  const filters: readonly (readonly [string, AuditFilter])[] = [
    ['nothing', {}],
    ['a user', { userId: ALICE }],
    ['an actor', { actor: 'operator' }],
    ['an event', { event: 'session.ended' }],
    ['a result', { result: 'refused' }],
    ['a time', { since: 1_001_000, until: 1_005_000 }],
    ['a user and an event', { userId: ALICE, event: 'sign_in' }],
    ['a user and a time', { userId: BOB, since: 1_001_000 }],
    ['an event and a result', { event: 'sign_in', result: 'success' }],
    ['an event, a result and a time', { event: 'sign_in', result: 'success', since: 1_001_000 }],
  ];

  it.each(filters)('takes no scan and no sort for %s, on any page', async (_title, filter) => {
    for (const after of [undefined, cursor]) {
      const statements = await statementsOf(filter, after);
      expect(statements).toHaveLength(after === undefined ? 1 : 2);
      for (const statement of statements) {
        const plan = await planOf(statement);
        expect(plan, statement[0]).toMatch(/index/i);
        expect(plan, statement[0]).not.toMatch(SLOW);
      }
    }
  });

  it('would be found out without its indexes', async () => {
    const [statement] = await statementsOf({ event: 'session.ended' });
    const [sql, parameters] = statement as Statement;
    const unindexed = sql.replace(/ORDER BY .* DESC LIMIT/, 'ORDER BY "entry"."reason" DESC LIMIT');
    expect(unindexed).not.toBe(sql);
    expect(await planOf([unindexed, parameters])).toMatch(SLOW);
  });
});
