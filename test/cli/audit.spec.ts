import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { auditEntry, newestFirst } from '../support/audit.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { emptyFolder, hallpass, testing } from './processes.js';

const NOON = Date.UTC(2026, 0, 31, 12);

interface Listed {
  readonly id: string;
  readonly [field: string]: string | null;
}

describe('npm run hallpass -- audit', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let dataSource: DataSource;
  let options: { cwd: string; env: Record<string, string> };
  let entries: AuditEntry[];
  let alice: string;

  const list = (...args: string[]) => hallpass(['audit', 'list', ...args], options);
  async function idsOf(...args: string[]): Promise<string[]> {
    const { code, stdout, stderr } = await list('--json', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return (JSON.parse(stdout) as Listed[]).map(({ id }) => id);
  }

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    options = { cwd: folder.path, env: { ...testing, DATABASE_URL: database.url } };
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    const input = 'correct horse battery';
    await hallpass(['user', 'create', 'alice', '--password-stdin'], { ...options, input });
    const [user]: { id: string }[] = await dataSource.query('SELECT id FROM users');
    alice = user?.id ?? '';
    await dataSource.query('DELETE FROM audit_log');
    entries = Array.from({ length: 230 }, (_, n) =>
      auditEntry({
        at: NOON + n * 1000,
        userId: n % 2 === 0 ? alice : null,
        event: n % 10 === 0 ? 'session.ended' : 'sign_in',
        result: n % 100 === 1 ? 'refused' : 'success',
        actor: n % 100 === 0 ? 'operator' : 'client:hallpass',
      }),
    );
    for (let i = 0; i < entries.length; i += 90) {
      await dataSource.getRepository(AuditEntry).insert(entries.slice(i, i + 90));
    }
    entries = newestFirst(entries);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
    await folder.remove();
  });

  it('lists the newest 50 in columns', async () => {
    const { code, stdout, stderr } = await list();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, first, ...others] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^AT +EVENT +RESULT +REASON +ACTOR +SUBJECT +IP$/);
    expect(first).toMatch(
      /^2026-01-31T12:03:49\.000Z {2}sign_in +success +- +client:hallpass +nobody +203\.0\.113\.7$/,
    );
    expect(others).toHaveLength(49);
  });

  it('lists as many as it is told, page behind page, each once', async () => {
    const ids = entries.map(({ id }) => id);
    expect(await idsOf('--limit', '3')).toEqual(ids.slice(0, 3));
    expect(await idsOf('--limit', '205')).toEqual(ids.slice(0, 205));
    expect(await idsOf('--limit', '1000')).toEqual(ids);
  });

  it('prints what GET /audit shows with --json', async () => {
    const { stdout } = await list('--json', '--limit', '1');
    const entry = entries[0] as AuditEntry;
    expect(JSON.parse(stdout)).toEqual([
      {
        id: entry.id,
        at: '2026-01-31T12:03:49.000Z',
        event: 'sign_in',
        result: 'success',
        reason: null,
        actor: 'client:hallpass',
        subject: 'nobody',
        user_id: null,
        ip: '203.0.113.7',
        request_id: null,
      },
    ]);
  });

  it('finds by account, actor, event, result and time', async () => {
    const where = (fits: (entry: AuditEntry) => boolean) =>
      entries.filter(fits).map(({ id }) => id);
    const theirs = where(({ userId }) => userId === alice);
    expect(await idsOf('--limit', '500', '--user', 'ALICE')).toEqual(theirs);
    expect(await idsOf('--limit', '500', '--user', alice)).toEqual(theirs);
    expect(await idsOf('--actor', 'operator')).toEqual(where(({ actor }) => actor === 'operator'));
    expect(await idsOf('--event', 'session.ended', '--user', 'alice')).toEqual(
      where(({ event, userId }) => event === 'session.ended' && userId === alice),
    );
    expect(await idsOf('--result', 'refused')).toEqual(where(({ result }) => result === 'refused'));
    const [since, until] = ['2026-01-31T12:00:10Z', '2026-01-31T13:00:20+01:00'];
    expect(await idsOf('--since', since, '--until', until)).toEqual(
      where(({ at }) => at >= NOON + 10_000 && at < NOON + 20_000),
    );
  });

  it('says that there is nothing, and refuses a name that is nobody’s', async () => {
    const nothing = { code: 0, stdout: 'Nothing of that is in the audit log\n', stderr: '' };
    expect(await list('--event', 'users.imported')).toEqual(nothing);
    expect(await list('--event', 'users.imported', '--json')).toMatchObject({ stdout: '[]\n' });
    expect(await list('--user', 'nobody-at-all')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'There is no user nobody-at-all\n',
    });
  });
});
