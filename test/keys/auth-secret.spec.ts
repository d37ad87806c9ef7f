import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { type Server, emptyFolder, hallpass, startServer, testing } from '../cli/processes.js';
import { TEST_SECRET } from '../support/app.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bearer, call, postForm } from '../support/http.js';

const NEW_SECRET = 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

describe('AUTH_SECRET rotates by restarts', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;

  const options = (AUTH_SECRET: string) => ({
    cwd: folder.path,
    env: {
      ...testing,
      AUTH_SECRET,
      DATABASE_URL: database.url,
      PUBLIC_URL: 'http://localhost:3000', // the port is another after each restart
    },
  });

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    const dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    await dataSource.destroy();
  });
  afterAll(async () => {
    await database.drop();
    await folder.remove();
  });

  it('old,new, then new,old, then new: no sign-in, token or key is lost on the way', async () => {
    const [old, both] = [TEST_SECRET, `${TEST_SECRET},${NEW_SECRET}`];
    let server = await startServer(options(old));
    await hallpass(['user', 'create', 'alice', '--password-stdin'], {
      ...options(old),
      input: 'first password',
    });
    const form = { username: 'alice', password: 'first password' };
    let tokens = (await postForm(`${server.url}/token`, form)).body as Tokens;
    const kept: Tokens[] = [];

    const steps = [both, `${NEW_SECRET},${TEST_SECRET}`, NEW_SECRET];
    for (const [step, secrets] of steps.entries()) {
      await server.stop();
      server = await startServer(options(secrets));
      await works(server, tokens.access_token);
      tokens = await refresh(server, tokens);
      await works(server, tokens.access_token);
      // Refreshed only at the end: what was signed while the new secret was first.
      if (step > 0) kept.push((await postForm(`${server.url}/token`, form)).body as Tokens);
    }
    for (const each of kept) await works(server, (await refresh(server, each)).access_token);

    const refused = await hallpass(['keys', 'rotate'], options(old));
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('AUTH_SECRET=new,old');
    const rotated = await hallpass(['keys', 'rotate'], options(NEW_SECRET));
    expect(rotated).toMatchObject({ code: 0, stderr: '' });
    await server.stop();
  }, 60_000);

  async function works(server: Server, accessToken: string): Promise<void> {
    const me = await call(`${server.url}/users/me`, { headers: bearer(accessToken) });
    expect(me.status).toBe(200);
  }

  async function refresh(server: Server, { refresh_token }: Tokens): Promise<Tokens> {
    const form = { grant_type: 'refresh_token', refresh_token };
    const answer = await postForm(`${server.url}/token`, form);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as Tokens;
  }
});
