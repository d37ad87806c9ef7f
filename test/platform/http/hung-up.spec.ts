import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { Clients } from '../../../src/clients/clients.js';
import { Sessions } from '../../../src/sessions/sessions.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient } from '../../support/clients.js';
import { postForm, signIn } from '../../support/http.js';
import { askToken } from '../../support/oauth.js';
import {
  auditLog,
  openSession,
  pairOf,
  refresh,
  rowOf,
  sessionIdOf,
  sessionRows,
} from '../../support/refresh.js';

const ADDRESS = '127.0.0.1';
const ALICE = { username: 'alice', password: 'secret2' };

interface Sent {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
}

/** In a thread of its own, as that of the server waits until all of it has happened. */
const HIT_AND_RUN = `
  const { connect } = require('node:net');
  const { port, request, state } = require('node:worker_threads').workerData;
  const caller = connect(port, '127.0.0.1', () =>
    caller.write(request, () => {
      caller.resetAndDestroy();
      caller.on('close', () => {
        Atomics.store(state, 0, 1);
        Atomics.notify(state, 0);
      });
    }),
  );
`;

/** What a request waits for. */
interface Read {
  readonly of: Record<string, (id: string) => Promise<unknown>>;
  readonly method: string;
}

function readOf<T extends object>(of: T, method: keyof T & string): Read {
  return { of: of as unknown as Read['of'], method };
}

describe('whoever hangs up before the answer', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ limited: true });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    expect(service.log()).not.toContain('request failed');
  });
  afterAll(() => service.close());

  /** Sends a whole request, and is gone while the server reads what it needs before the deed. */
  async function hitAndRun({ line, headers, body }: Sent, { of, method }: Read): Promise<void> {
    const caller = connect(Number(new URL(service.url).port), ADDRESS);
    const lost = once(service.app.getHttpServer(), 'connection').then(
      ([peer]) => new Promise((resolve) => (peer as Socket).on('close', resolve)),
    );
    const read = of[method]?.bind(of);
    vi.spyOn(of, method).mockImplementationOnce(async (id) => {
      caller.resetAndDestroy();
      await lost;
      return read?.(id);
    });
    const head = [`${line} HTTP/1.1`, 'Host: x', ...headers];
    caller.write([...head, `Content-Length: ${body.length}`, '', body].join('\r\n'));
    await lost;
  }

  const clientRead = () => readOf(service.app.get(Clients), 'find');
  const sessionRead = () => readOf(service.app.get(Sessions), 'load');
  const tokenForm = (fields: Record<string, string>): Sent => ({
    line: 'POST /token',
    headers: ['Content-Type: application/x-www-form-urlencoded'],
    body: new URLSearchParams(fields).toString(),
  });

  it('is in the audit log with the address, and the sessions that it ended say why', async () => {
    const { id, credentials } = await addClient(service, {
      firstParty: true,
      grants: ['password'],
      scopes: 'unrestricted',
    });
    const session = await postForm(`${service.url}/token`, ALICE, credentials);
    const admin = await signIn(service.url, 'johndoe', 'secret', 'clients:write');
    const headers = ['Content-Type: application/json', `Authorization: Bearer ${admin}`];
    const body = '{"disabled":true}';
    await hitAndRun({ line: `PATCH /clients/${id}`, headers, body }, sessionRead());
    const entries = async () =>
      (await auditLog(service)).filter(({ subject }) => subject === `client:${id}`);
    const from = { actor: `user:${service.people.johndoe.id}`, ip: ADDRESS };
    await expect.poll(entries).toMatchObject([
      { event: 'client.disabled', ...from },
      { event: 'sessions.ended', reason: 'client_disabled', ...from },
    ]);
    expect(await rowOf(service, { access: session.body.access_token as string })).toMatchObject({
      revokedAt: expect.any(Number) as number,
      revokedReason: 'client_disabled',
    });
  });

  it('has signed in from the address that the session shows', async () => {
    const ids = async () => (await sessionRows(service).find()).map(({ id }) => id);
    const before = await ids();
    await hitAndRun(tokenForm(ALICE), clientRead());
    const made = async () =>
      (await sessionRows(service).find()).filter(({ id }) => !before.includes(id));
    await expect.poll(made).toMatchObject([{ userId: service.people.alice.id, ip: ADDRESS }]);
  });

  it('has replayed a refresh token from the address that the audit log names', async () => {
    const pair = await openSession(service, ALICE);
    pairOf(await refresh(service, pair.refresh));
    service.clock.forward({ seconds: 11 });
    const form = { grant_type: 'refresh_token', refresh_token: pair.refresh };
    await hitAndRun(tokenForm(form), clientRead());
    await expect
      .poll(() => auditLog(service, sessionIdOf(pair)))
      .toMatchObject([{ event: 'session.ended', reason: 'refresh_token_reuse', ip: ADDRESS }]);
  });

  it('is known even when the request and the end of the connection come together', async () => {
    const pair = await openSession(service, ALICE);
    const { body } = tokenForm({ token: pair.refresh });
    const head = `POST /revoke HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n`;
    const type = 'Content-Type: application/x-www-form-urlencoded';
    const state = new Int32Array(new SharedArrayBuffer(4));
    const accepted = once(service.app.getHttpServer(), 'connection');
    const worker = new Worker(HIT_AND_RUN, {
      eval: true,
      workerData: {
        state,
        port: Number(new URL(service.url).port),
        request: `${head}${type}\r\n\r\n${body}`,
      },
    });
    service.app.getHttpServer().once('connection', () => Atomics.wait(state, 0, 0));
    await accepted;
    await expect
      .poll(() => auditLog(service, sessionIdOf(pair)))
      .toMatchObject([{ reason: 'token_revoked', ip: ADDRESS }]);
    await worker.terminate();
  });

  it('has guessed as anybody does: it counts', async () => {
    const guess = { username: 'nobody-at-all', password: 'wrong' };
    const refused = () => service.log().match(/"reason":"unknown_user"/g)?.length ?? 0;
    for (let i = 1; i <= 10; i += 1) {
      await hitAndRun(tokenForm(guess), clientRead());
      await expect.poll(refused).toBe(i);
    }
    expect((await askToken(service.url, guess)).status).toBe(429);
  });
});
