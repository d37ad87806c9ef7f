import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../src/sessions/session.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import {
  askAsMachine,
  ClientRoutes,
  machineToken,
  type Registered,
} from '../support/client-routes.js';
import { bearer, call, postForm, signIn } from '../support/http.js';
import { basic } from '../support/oauth.js';

/** A client that a machine and a person use at once. */
const CLIENT = {
  first_party: true,
  grants: ['client_credentials', 'password', 'refresh_token'],
  scopes: ['clients:read', 'profile'],
};

describe('what ends a client ends all that came of it, on the very next request', () => {
  let service: TestApp;
  let admin: ClientRoutes;
  let client: Registered;
  let machine: string;
  let session: { access_token: string; refresh_token: string };

  beforeAll(async () => {
    service = await startApp();
    admin = new ClientRoutes(
      service,
      await signIn(service.url, 'johndoe', 'secret', 'clients:write'),
    );
  });
  afterAll(() => service.close());
  beforeEach(async () => {
    client = await admin.made(CLIENT);
    machine = await machineToken(service, client);
    session = (await asClient({ username: 'alice', password: 'secret2' })).body;
    expect(await statuses()).toEqual({ machine: 200, session: 200 }); // and remembered from now on
  });

  const asClient = (form: Record<string, string>) =>
    postForm(`${service.url}/token`, form, basic(`${client.id}:${client.secret}`));
  const refresh = (refresh_token = session.refresh_token) =>
    asClient({ grant_type: 'refresh_token', refresh_token });
  const get = async (path: string, token: string) =>
    (await call(`${service.url}${path}`, { headers: bearer(token) })).status;
  const statuses = async () => ({
    machine: await get('/clients', machine),
    session: await get('/users/me', session.access_token),
  });
  const sessionsOfClient = () =>
    service.app
      .get<Repository<Session>>(getRepositoryToken(Session))
      .findBy({ clientId: client.id });

  it.each<[string, () => Promise<{ status: number }>, number, string]>([
    ['disabling it', () => admin.change(client.id, { disabled: true }), 200, 'client_disabled'],
    ['deleting it', () => admin.delete(client.id), 204, 'client_deleted'],
    ['withdrawing its secrets', () => admin.withdraw(client.id), 204, 'client_secrets_withdrawn'],
  ])(
    '%s: tokens 401, a refresh and a new token invalid_client',
    async (_what, end, status, reason) => {
      expect((await end()).status).toBe(status);
      expect(await statuses()).toEqual({ machine: 401, session: 401 });
      for (const refused of [await refresh(), await askAsMachine(service, client)]) {
        expect(refused.status).toBe(401);
        expect(refused.body.error).toBe('invalid_client');
      }
      const [row] = await sessionsOfClient();
      expect(row).toMatchObject({ revokedReason: reason });
      expect(row?.revokedAt).toBeGreaterThan(0);
    },
  );

  it('withdrawing all but the newest: the newest is good, for new tokens alone', async () => {
    const old = client.secret;
    client = { id: client.id, secret: (await admin.makeSecret(client.id)).body.secret as string };
    expect((await admin.withdraw(client.id, '?keep=newest')).status).toBe(204);
    expect(await statuses()).toEqual({ machine: 401, session: 401 });
    const refused = await refresh();
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    expect((await askAsMachine(service, { ...client, secret: old })).status).toBe(401);
    machine = await machineToken(service, client);
    session = (await asClient({ username: 'alice', password: 'secret2' })).body;
    expect(await statuses()).toEqual({ machine: 200, session: 200 });
  });

  it('taking client_credentials away: the machine’s tokens alone, until it has the grant again', async () => {
    const reader = await admin.made({ scopes: ['tokens:introspect'] });
    const proof = basic(`${reader.id}:${reader.secret}`);
    const worth = () => postForm(`${service.url}/introspect`, { token: machine }, proof);
    expect((await worth()).body.active).toBe(true);
    await admin.change(client.id, { grants: ['password', 'refresh_token'] });
    expect(await statuses()).toEqual({ machine: 401, session: 200 });
    expect((await worth()).text).toBe('{"active":false}');
    await admin.change(client.id, { grants: CLIENT.grants });
    expect(await statuses()).toEqual({ machine: 200, session: 200 });
  });

  it('enabling it again revives nothing, and what is new works', async () => {
    await admin.change(client.id, { disabled: true });
    await admin.change(client.id, { disabled: false });
    expect(await statuses()).toEqual({ machine: 401, session: 401 });
    const refused = await refresh();
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant']);
    machine = await machineToken(service, client);
    session = (await asClient({ username: 'alice', password: 'secret2' })).body;
    expect(await statuses()).toEqual({ machine: 200, session: 200 });
  });

  it('a new secret after all were withdrawn revives nothing', async () => {
    await admin.withdraw(client.id);
    client = { id: client.id, secret: (await admin.makeSecret(client.id)).body.secret as string };
    expect(await statuses()).toEqual({ machine: 401, session: 401 });
    expect((await refresh()).status).toBe(400);
    expect((await askAsMachine(service, client)).status).toBe(200);
  });

  it('no other client is touched, and no change that ends nothing', async () => {
    const other = await admin.made(CLIENT);
    await admin.change(other.id, { disabled: true });
    await admin.change(client.id, { name: 'Renamed', disabled: false });
    expect(await statuses()).toEqual({ machine: 200, session: 200 });
    expect((await refresh()).status).toBe(200);
  });

  it('the built-in one too, the administrator’s own session included', async () => {
    expect((await admin.change('hallpass', { disabled: true })).status).toBe(200);
    expect((await admin.list()).status).toBe(401);
    await expect(signIn(service.url)).rejects.toThrow('invalid_client');
  });
});
