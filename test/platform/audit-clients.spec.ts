import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, type TestClient } from '../support/clients.js';
import { type Answer, postForm } from '../support/http.js';
import { basic } from '../support/oauth.js';
import { auditLog } from '../support/refresh.js';

const MACHINE = { grant_type: 'client_credentials' };
const TYPED = 'hp_cs_of-another-service';

describe('the audit log of refused clients', () => {
  let service: TestApp;
  let client: TestClient;
  let host = 0;
  let address = '';

  const ask = (
    credentials: Record<string, string> = {},
    fields: Record<string, string> = MACHINE,
    path = 'token',
  ) => postForm(`${service.url}/${path}`, fields, { 'x-forwarded-for': address, ...credentials });

  async function linesOf(deed: () => Promise<unknown>) {
    const before = await auditLog(service);
    const result = await deed();
    return { result, lines: (await auditLog(service)).slice(before.length) };
  }

  async function expectLine(deed: () => Promise<Answer>, expected: object) {
    const { result, lines } = await linesOf(deed);
    const { status, headers, body } = result as Answer;
    expect([status, body.error]).toEqual([401, 'invalid_client']);
    expect(lines).toEqual([
      expect.objectContaining({
        event: 'client.refused',
        result: 'refused',
        actor: 'nobody',
        userId: null,
        ip: address,
        requestId: headers.get('x-request-id'),
        ...expected,
      }),
    ]);
  }

  beforeAll(async () => {
    service = await startApp({ env: { TRUST_PROXY: '1' } });
    client = await addClient(service);
  });
  beforeEach(() => {
    address = `203.0.113.${++host}`;
  });
  afterAll(() => service.close());

  it('names a client that exists, and why', async () => {
    const subject = `client:${client.id}`;
    const wrong = basic(`${client.id}:${TYPED}`);
    await expectLine(() => ask(wrong), { subject, reason: 'wrong_secret' });
    const disabled = await addClient(service, { disabled: true });
    await expectLine(() => ask(disabled.credentials), {
      subject: `client:${disabled.id}`,
      reason: 'disabled',
    });
    const open = await addClient(service, { confidential: false });
    await expectLine(() => ask(basic(`${open.id}:${TYPED}`)), {
      subject: `client:${open.id}`,
      reason: 'secret_of_public_client',
    });
  });

  it('names no client that does not exist: what was sent may be a secret', async () => {
    const reason = 'unknown_client';
    await expectLine(() => ask(basic(`${TYPED}:x`)), { subject: 'nobody', reason });
    expect(JSON.stringify(await auditLog(service))).not.toContain('hp_cs_');
  });

  it('has a line for who names none where one is needed, and for a public client that introspects', async () => {
    await expectLine(() => ask(), { subject: 'nobody', reason: 'no_client' });
    await expectLine(() => ask({}, { token: 'x' }, 'introspect'), {
      subject: 'client:hallpass',
      reason: 'public_client',
    });
  });

  it('has a line for the other endpoints too', async () => {
    const wrong = basic(`${client.id}:${TYPED}`);
    const expected = { subject: `client:${client.id}`, reason: 'wrong_secret' };
    await expectLine(() => ask(wrong, { token: 'x' }, 'revoke'), expected);
    address = `203.0.113.${++host}`;
    await expectLine(() => ask(wrong, { token: 'x' }, 'introspect'), expected);
  });

  it('has one line in 15 minutes for one client and address, however often', async () => {
    const wrong = basic(`${client.id}:${TYPED}`);
    const many = () => Promise.all(Array.from({ length: 50 }, () => ask(wrong)));
    expect((await linesOf(many)).lines).toHaveLength(1);
    service.clock.forward({ seconds: 900 });
    expect((await linesOf(many)).lines).toHaveLength(1);
  });

  it('has one line for whoever tries a thousand names', async () => {
    const { lines } = await linesOf(async () => {
      for (let i = 0; i < 1000; i += 50) {
        const names = Array.from({ length: 50 }, (_, n) => basic(`name-${i + n}:x`));
        await Promise.all(names.map((name) => ask(name)));
      }
    });
    expect(lines).toHaveLength(1);
  });

  it('has none for a client that is let in', async () => {
    const { lines } = await linesOf(async () => {
      expect((await ask(client.credentials)).status).toBe(200);
    });
    expect(lines).toEqual([]);
  });
});
