import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call, postForm } from '../support/http.js';
import { Child, emptyFolder, listening, type Server, startServer, testing } from './processes.js';

describe('a server that is told to stop', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let server: Server;

  beforeEach(async () => {
    folder = await emptyFolder();
    const env = { ...testing, PASSWORD_COST: '12', ADMIN_PASSWORD: 'correct horse' };
    server = await startServer({ cwd: folder.path, env });
  });
  afterEach(async () => {
    server.process.kill('SIGKILL');
    await folder.remove();
  });

  const signIn = () =>
    postForm(`${server.url}/token`, { username: 'admin', password: 'correct horse' });

  /** Starts a sign-in, and returns while its password is being hashed. */
  const signInUnderWay = async () => {
    const before = performance.now();
    await signIn();
    const usual = performance.now() - before; // 200 ms and more, whatever else the machine does
    const answer = signIn();
    await sleep(usual / 2);
    return { answer };
  };

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'answers what is in flight on %s, refuses what is new, and exits 0',
    async (signal) => {
      const { answer: inFlight } = await signInUnderWay();
      server.process.kill(signal);
      const refused = refusedWhile(server, inFlight);
      expect(await inFlight).toMatchObject({ status: 200 });
      expect(await refused).toBe(true);
      const answered = performance.now();
      expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
      expect(performance.now() - answered).toBeLessThan(6000); // the client's kept connection is no reason to wait
    },
  );

  it('does not wait for connections that ask for nothing', async () => {
    expect((await signIn()).status).toBe(200); // whose connection stays open
    const idle = connect(Number(new URL(server.url).port), '127.0.0.1');
    idle.on('error', () => undefined);
    await sleep(100);
    const before = performance.now();
    expect((await server.stop()).code).toBe(0);
    expect(performance.now() - before).toBeLessThan(6000);
    idle.destroy();
  });

  it('exits 0 also when it is told twice, as npm does on Ctrl-C', async () => {
    const { answer: inFlight } = await signInUnderWay();
    server.process.kill('SIGINT');
    server.process.kill('SIGINT');
    await sleep(20);
    server.process.kill('SIGTERM');
    expect((await inFlight).status).toBe(200);
    expect((await server.ended).code).toBe(0);
  });

  it('stops with the shell that npm runs it in, which does not pass a signal on', async () => {
    const script = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
    const shell = spawn('sh', ['-c', `'${process.execPath}' '${script}'; true`], {
      cwd: folder.path,
      env: { ...process.env, ...testing, PORT: '0', npm_lifecycle_event: 'start' },
    });
    const child = await listening(new Child(shell));
    shell.kill('SIGTERM');
    await child.ended; // once the server, too, has closed its end of the pipe
    await expect(call(`${child.url}/health/live`)).rejects.toThrow('fetch failed');
  });

  it('cuts off a client that never finishes its request', async () => {
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('POST /token HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n');
    slow.write('Content-Type: application/x-www-form-urlencoded\r\n\r\na=');
    await sleep(100);
    const before = performance.now();
    expect((await server.stop()).code).toBe(0);
    expect(performance.now() - before).toBeGreaterThan(5000);
  });
});

/** Whether new connections are refused before the request is answered. */
async function refusedWhile(server: Server, request: Promise<unknown>): Promise<boolean> {
  const progress = { answered: false };
  void request.finally(() => (progress.answered = true));
  while (!(await isRefused(server.url))) await sleep(5);
  return !progress.answered;
}

function isRefused(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.on('error', () => resolve(true));
  });
}
