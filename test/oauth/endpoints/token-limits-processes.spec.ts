import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { emptyFolder, hallpass, type Server, startServer, testing } from '../../cli/processes.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { type Answer } from '../../support/http.js';
import { askToken, INCORRECT } from '../../support/oauth.js';

const PASSWORD = 'correct horse battery';

describe.runIf(onPostgres)('guessing passwords at several servers of one PostgreSQL', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let options: { cwd: string; env: Record<string, string> };
  const servers: Server[] = [];

  const start = async () => servers.push(await startServer(options));
  const guess = (n: number, username: string, password = 'wrong') =>
    askToken((servers[n % servers.length] as Server).url, { username, password });
  const statuses = (answers: Answer[]) => answers.map(({ status }) => status).toSorted();

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    const env = { ...testing, DATABASE_URL: database.url, ADMIN_PASSWORD: PASSWORD };
    options = { cwd: folder.path, env };
    const dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
    await start();
    await start();
    for (const name of ['alice', 'carol']) {
      const create = ['user', 'create', name, '--password-stdin'];
      await hallpass(create, { ...options, input: PASSWORD });
    }
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    await folder.remove();
  });

  it('evaluates no more than 10 of 200 sent at once to two', async () => {
    const guesses = Array.from({ length: 200 }, (_, n) => guess(n, 'alice'));
    const answers = await Promise.all(guesses);
    expect(statuses(answers)).toEqual([
      ...Array<number>(10).fill(401),
      ...Array<number>(190).fill(429),
    ]);
  });

  it('counts on at the other, and after a restart of both', async () => {
    for (let n = 0; n < 9; n += 1) expect(await guess(n, 'carol')).toMatchObject(INCORRECT);
    const before = servers.splice(0);
    await Promise.all(before.map((server) => server.stop()));
    await start();
    expect((await guess(0, 'carol', PASSWORD)).status).toBe(200);
    expect(await guess(0, 'carol')).toMatchObject(INCORRECT);
    expect((await guess(0, 'carol', PASSWORD)).status).toBe(429);
  });
});
