// A server in the image, started and asked as an operator would, with secrets made on the spot.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Settings for a server of its own. @param more such as DATABASE_URL */
export async function settings(more = {}) {
  return {
    PORT: String(await freePort()),
    PUBLIC_URL: 'https://id.example.com',
    AUTH_SECRET: randomBytes(36).toString('base64url'),
    ADMIN_PASSWORD: randomBytes(24).toString('base64url'),
    ...more,
  };
}

/** Starts it, waits for its health check, signs its administrator in, and stops it: exit code 0. */
export async function serves(image, env) {
  const server = image.start(env);
  server.stdout.pipe(process.stdout, { end: false });
  const ended = once(server, 'exit');
  try {
    await healthy(image, env, server);
    await signIn(env);
  } finally {
    server.kill('SIGTERM');
    await ended;
  }
  if (server.exitCode !== 0) throw new Error(`stopped, it exits with ${server.exitCode}`);
}

/** Runs a command to its end. @returns what it printed and its exit code */
export async function runs(image, env, words, mode) {
  const child = image.start(env, words, mode);
  const [printed] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { printed, status: child.exitCode };
}

async function healthy(image, env, server) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline && server.exitCode === null) {
    const { status } = await runs(image, env, image.healthcheck);
    if (status === 0) return;
    await sleep(500);
  }
  throw new Error('the server does not get healthy');
}

async function signIn({ PORT, ADMIN_PASSWORD }) {
  const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
  const answer = await fetch(`http://127.0.0.1:${PORT}/token`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`the sign-in answers ${answer.status}`);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}
