import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { postgresDatabase } from '../support/database.js';
import { signIn } from '../support/http.js';
import { emptyFolder, type Environment, start, startServer, testing } from './processes.js';
import { freePort } from '../support/free-port.js';

const SECRETS = {
  old: 'old-Qz7vX2mK9pLw4RtB8nYc3DfHjU6sWqEa',
  new: 'new-hT5gB1yN8kMd0ZxC6vFr9PlQo4JiUw3S',
};
const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  AUTH_SECRET: SECRETS.old,
  PUBLIC_URL: 'https://id.example.com',
};

describe('a start that cannot succeed', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;

  beforeEach(async () => {
    folder = await emptyFolder();
  });
  afterEach(() => folder.remove());

  const refusal = async (env: Environment, entry = 'main') => {
    const { code, stdout, stderr } = await start(entry, [], { cwd: folder.path, env }).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).not.toMatch(/^ +at /m); // words, and no stack
    return stderr;
  };

  it('lists every fault of the settings, and quotes no secret', async () => {
    const words = await refusal({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      AUTH_SECRET: 'too-short-hunter2',
      DATABASE_URL: 'mysql://root:hunter2@db/x',
    });
    expect(words.match(/^- [A-Z_]+/gm)).toEqual([
      '- PORT',
      '- LOG_LEVEL',
      '- DATABASE_URL',
      '- AUTH_SECRET',
    ]);
    expect(words).not.toContain('hunter2');
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('needs an AUTH_SECRET and an https PUBLIC_URL in production', async () => {
    const words = await refusal({ NODE_ENV: 'production' });
    expect(words.match(/^- [A-Z_]+/gm)).toEqual(['- PUBLIC_URL', '- AUTH_SECRET']);
    expect(words).toContain('npm run hallpass -- secret');
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('needs an ADMIN_PASSWORD in production for the first start, and for no other', async () => {
    const mail = { SMTP_URL: 'smtp://localhost', MAIL_FROM: 'no-reply@example.com' };
    const env = { ...PRODUCTION, ...mail, PORT: String(await freePort()), PASSWORD_COST: '10' };
    expect(await refusal(env)).toMatch(/^- ADMIN_PASSWORD /m);
    const first = await startServer({
      cwd: folder.path,
      env: { ...env, ADMIN_PASSWORD: 'correct horse' },
    });
    expect(first.stdout).toContain('created: admin');
    await first.stop();
    const second = await startServer({ cwd: folder.path, env });
    await signIn(second.url, 'admin', 'correct horse');
    await second.stop();
  });

  it('says that the port is in use', async () => {
    const port = String(await freePort());
    const other = createServer().listen(Number(port), '127.0.0.1');
    await once(other, 'listening');
    const { code, stderr } = await start('main', [], {
      cwd: folder.path,
      env: { ...testing, PORT: port, LOG_LEVEL: 'silent' },
    }).ended;
    other.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} is in use by another process: stop it, or set PORT to a free one\n`,
    );
  });

  it('says that HOST is no address of this machine', async () => {
    const env = { ...testing, PORT: '0', HOST: '192.0.2.1', ADMIN_PASSWORD: 'correct horse' };
    const { code, stderr } = await start('main', [], { cwd: folder.path, env }).ended;
    expect(code).toBe(1);
    expect(stderr).toBe('This machine does not have the address 192.0.2.1: is HOST right?\n');
  });

  it('says that the database does not answer, without its password', async () => {
    const words = await refusal({
      ...testing,
      DATABASE_URL: 'postgres://hallpass:hunter2@127.0.0.1:1/x',
    });
    expect(words).toMatch(/^The database of DATABASE_URL cannot be opened .*ECONNREFUSED.*\n$/);
  });

  it('says that the file of the database is none', async () => {
    const DATABASE_URL = `sqlite:${process.execPath}`;
    expect(await refusal({ ...testing, DATABASE_URL })).toContain('SQLITE_NOTADB');
  });

  it.runIf(process.env['TEST_DATABASE_URL'])(
    'names the command when PostgreSQL has pending migrations',
    async () => {
      const database = await postgresDatabase();
      const words = await refusal({ ...testing, DATABASE_URL: database.url });
      await database.drop();
      expect(words).toContain('`npm run migration:run`');
    },
  );

  it('stops on a signing key that no listed secret opens, and moves it with AUTH_SECRET=new,old', async () => {
    const serve = async (AUTH_SECRET: string) => {
      const env = { ...testing, AUTH_SECRET, ADMIN_PASSWORD: 'correct horse' };
      const server = await startServer({ cwd: folder.path, env });
      await signIn(server.url, 'admin', 'correct horse');
      expect((await server.stop()).code).toBe(0);
    };
    await serve(SECRETS.old);
    const changed = await refusal({ ...testing, AUTH_SECRET: SECRETS.new });
    expect(changed).toContain('AUTH_SECRET=new,old');
    expect(changed).not.toContain(SECRETS.new);
    await serve(`${SECRETS.new},${SECRETS.old}`);
    await serve(SECRETS.new);
    expect(await refusal({ ...testing, AUTH_SECRET: SECRETS.old })).toContain('AUTH_SECRET');
  });

  it('leaves no password behind of an administrator who was not made', async () => {
    await refusal({ ...testing, AUTH_SECRET: 'short' });
    expect(await readdir(folder.path)).toEqual([]);
    const started = await startServer({
      cwd: folder.path,
      env: { ...testing, ADMIN_PASSWORD: 'correct horse' },
    });
    await started.stop();
    expect(await readdir(join(folder.path, 'data'))).toEqual(['hallpass.sqlite']);
  });
});
