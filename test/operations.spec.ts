import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../src/data-source.js';
import { Child, emptyFolder, hallpass, startServer, testing } from './cli/processes.js';
import { postgresDatabase } from './support/database.js';
import { startProxy, type Way, waysOfCaddy, waysOfNginx } from './support/proxy-config.js';
import { codeBlocks, commandsOf } from './support/transcript.js';

const PAGE = readFileSync('docs/operations.md', 'utf8');
const [nginx = '', nginxBelow = ''] = codeBlocks(PAGE, 'nginx');
const [caddy = '', caddyBelow = ''] = codeBlocks(PAGE, 'caddy');
const units = codeBlocks(PAGE, 'ini').filter((text) => text.startsWith('[Unit]'));

describe('the proxies of docs/operations.md', () => {
  /** Not the proxy's own, and on loopback all the same: other systems than Linux have but one address there. */
  const CLIENT = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
  const FORGED = { 'X-Forwarded-For': '203.0.113.9' };

  /** Below which path, and by which configuration. */
  it.each<[string, string, readonly Way[]]>([
    ['nginx', '', waysOfNginx(nginx)],
    ['Caddy', '', waysOfCaddy(caddy)],
    ['nginx below a path', '/auth', waysOfNginx(nginxBelow)],
    ['Caddy below a path', '/auth', waysOfCaddy(caddyBelow)],
  ])('hand on every request, and the address of who sent it: %s', async (_name, path, ways) => {
    const folder = await emptyFolder();
    const target = { url: '' };
    const proxy = await startProxy(ways, () => target.url);
    const issuer = `http://localhost:${proxy.port}${path}`;
    const env = { ...testing, TRUST_PROXY: '1', PUBLIC_URL: issuer };
    const server = await startServer({ cwd: folder.path, env });
    target.url = server.url;
    const ask = (url: string, init?: Asked) => askFrom(CLIENT, proxy.port, url, init);
    const options = { cwd: folder.path, env, input: 'a garden in the rain' };
    await hallpass(['user', 'create', 'alice', '--password-stdin'], options);

    expect(await ask(`${path}/health/ready`)).toMatchObject({ status: 200 });
    expect(await ask(`${path}/docs`)).toMatchObject({ status: 200 });
    const metadata = await ask(`/.well-known/oauth-authorization-server${path}`);
    expect(JSON.parse(metadata.text)).toMatchObject({ issuer, token_endpoint: `${issuer}/token` });

    const form = new URLSearchParams({ username: 'alice', password: 'a garden in the rain' });
    const signedIn = await ask(`${path}/token`, { body: form.toString(), headers: FORGED });
    expect(signedIn.status).toBe(200);
    const { access_token } = JSON.parse(signedIn.text) as { access_token: string };
    const headers = { Authorization: `Bearer ${access_token}` };
    const sessions = await ask(`${path}/users/me/sessions`, { headers });
    expect(JSON.parse(sessions.text)).toMatchObject({ items: [{ ip: CLIENT }] });

    await server.stop();
    await proxy.close();
    await folder.remove();
  });

  it('that forgot the header would hand on what a client forges', async () => {
    const forgetful = nginx.replace(/.*X-Forwarded-For.*\n/, '');
    expect(waysOfNginx(forgetful)).toMatchObject([{ forwardedFor: 'as it came' }]);
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the units of docs/operations.md', () => {
  const folders: Awaited<ReturnType<typeof emptyFolder>>[] = [];
  afterAll(() => Promise.all(folders.map((folder) => folder.remove())));

  /** As they would be installed, but for what this machine does not have. */
  async function install(): Promise<{ path: string; names: string[] }> {
    const folder = await emptyFolder();
    folders.push(folder);
    const names = ['hallpass.service', 'hallpass-daily.service', 'hallpass-daily.timer'];
    for (const [index, name] of names.entries()) {
      const text = (units[index] ?? '').replaceAll('/usr/bin/node', process.execPath);
      await writeFile(join(folder.path, name), text.replaceAll('User=hallpass', 'User=root'));
    }
    return { path: folder.path, names };
  }

  it('are three', () => {
    expect(units).toHaveLength(3);
    expect(units[0]).toContain('ExecStart=/usr/bin/node dist/src/main.js');
  });

  it.runIf(hasSystemd)('are what systemd takes', async () => {
    const { path, names } = await install();
    const { status, stderr } = spawnSync(
      'systemd-analyze',
      ['verify', '--man=no', ...names.map((name) => join(path, name))],
      { encoding: 'utf8' },
    );
    // Of other units of the machine it may have something to say.
    const said = stderr.split('\n').filter((line) => line.includes('hallpass'));
    expect({ status, said }).toEqual({ status: 0, said: [] });
  });

  it.runIf(hasSystemd)('leave the server little that it could do', async () => {
    const { path } = await install();
    const { status, stdout } = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=25', join(path, 'hallpass.service')],
      { encoding: 'utf8' },
    );
    expect(status, stdout).toBe(0);
  });

  it('back up and purge with commands that do so', async () => {
    const folder = await emptyFolder();
    folders.push(folder);
    await (await startServer({ cwd: folder.path })).stop();
    await mkdir(join(folder.path, 'data/backups'));
    const lines = [...(units[1] ?? '').matchAll(/^ExecStart=(.*)$/gm)].map(([, line = '']) =>
      line
        .replaceAll('$$', '$')
        .replaceAll('%%', '%')
        .replaceAll('/usr/bin/node dist', `${process.execPath} ${process.cwd()}/dist`),
    );
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      const env = { PATH: process.env['PATH'] ?? '', ...testing };
      const { code, stderr } = await new Child(spawn('sh', ['-c', line], { cwd: folder.path, env }))
        .ended;
      expect({ code, stderr }, line).toEqual({ code: 0, stderr: '' });
    }
    const listed = spawnSync('ls', ['data/backups'], { cwd: folder.path, encoding: 'utf8' });
    expect(listed.stdout).toMatch(/^\d{4}-\d\d-\d\d\.sqlite\n$/);
  });
});

const hasTools = spawnSync('pg_dump', ['--version']).status === 0;

describe('the backup of PostgreSQL in docs/operations.md', () => {
  it.runIf(hasTools && process.env['TEST_DATABASE_URL'])(
    'is restored by the command beside it',
    async () => {
      const commands = commandsOf(PAGE).filter((command) => /^pg_(dump|restore) /.test(command));
      expect(commands).toHaveLength(2);
      const [source, target] = [await postgresDatabase(), await postgresDatabase()];
      const folder = await emptyFolder();
      const run = async (command: string, DATABASE_URL: string) => {
        const env = { PATH: process.env['PATH'] ?? '', DATABASE_URL };
        const shell = spawn('sh', ['-c', command], { cwd: folder.path, env });
        expect(await new Child(shell).ended, command).toMatchObject({ code: 0 });
      };
      const dataSource = await createDataSource(source.url).initialize();
      await dataSource.runMigrations();
      await dataSource.destroy();
      const options = { cwd: folder.path, env: { ...testing, DATABASE_URL: source.url } };
      const create = ['user', 'create', 'alice', '--password-stdin'];
      await hallpass(create, { ...options, input: 'a garden in the rain' });

      await run(commands[0] ?? '', source.url);
      await run(commands[1] ?? '', target.url);
      const restored = { ...options, env: { ...testing, DATABASE_URL: target.url } };
      expect((await hallpass(['user', 'list'], restored)).stdout).toContain('alice');
      expect(await hallpass(['session', 'end', '--all'], restored)).toMatchObject({ code: 0 });
      await folder.remove();
      await source.drop();
      await target.drop();
    },
  );
});

interface Asked {
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** fetch() cannot choose the address that it comes from. */
function askFrom(
  localAddress: string,
  port: number,
  path: string,
  { body, headers }: Asked = {},
): Promise<{ status: number | undefined; text: string }> {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    const asking = request(
      {
        host: '127.0.0.1',
        port,
        path,
        localAddress,
        agent: false,
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...(body === undefined ? {} : form), ...headers },
      },
      (answer) => {
        let text = '';
        answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
        answer.on('end', () => resolve({ status: answer.statusCode, text }));
      },
    );
    asking.on('error', reject);
    asking.end(body);
  });
}
