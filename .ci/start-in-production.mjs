// Starts the server of the working directory as an operator would, with secrets made on the spot:
// it must get ready, and sign its first administrator in.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

const port = await freePort();
const password = randomBytes(24).toString('base64url');
const server = spawn('npm', ['run', 'start:prod'], {
  detached: true, // a group of its own, so that npm, its shell and the server end together
  stdio: ['ignore', 'inherit', 'inherit'],
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    NODE_ENV: 'production',
    PORT: String(port),
    PUBLIC_URL: 'https://id.example.com',
    AUTH_SECRET: randomBytes(36).toString('base64url'),
    ADMIN_PASSWORD: password,
  },
});
try {
  await ready(`http://127.0.0.1:${port}/health/ready`);
  await signIn(`http://127.0.0.1:${port}/token`);
  console.log('ready, and its administrator signs in');
} finally {
  await stop();
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port: free } = probe.address();
  probe.close();
  return free;
}

async function ready(url) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && server.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  throw new Error('the server does not get ready');
}

async function signIn(url) {
  const body = new URLSearchParams({ username: 'admin', password });
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`the sign-in answers ${answer.status}`);
}

async function stop() {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, 'SIGTERM');
  await ended;
}
