import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import {
  askAsMachine,
  ClientRoutes,
  machineToken,
  type Registered,
} from '../support/client-routes.js';
import { signIn } from '../support/http.js';
import { auditLog } from '../support/refresh.js';

const REACH = ['clients:read', 'clients:write', 'tasks:read'];

describe('a machine that manages clients', () => {
  let service: TestApp;
  let admin: ClientRoutes;
  let self: Registered;
  let machine: ClientRoutes;

  beforeAll(async () => {
    service = await startApp();
    const scope = 'clients:read clients:write';
    admin = new ClientRoutes(service, await signIn(service.url, 'johndoe', 'secret', scope));
    self = await admin.made({ scopes: REACH });
    machine = new ClientRoutes(service, await machineToken(service, self));
  });
  afterAll(() => service.close());

  it('makes, changes and deletes those that have no scope beyond its own', async () => {
    const made = await machine.create({ scopes: ['tasks:read'] });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect((await machine.read(id)).status).toBe(200);
    expect((await machine.change(id, { scopes: REACH })).status).toBe(200);
    expect((await machine.makeSecret(id)).status).toBe(201);
    expect((await machine.withdraw(id)).status).toBe(204);
    expect((await machine.delete(id)).status).toBe(204);
  });

  it('needs the scope itself', async () => {
    const reader = await admin.made({ scopes: ['clients:read'] });
    const routes = new ClientRoutes(service, await machineToken(service, reader));
    expect((await routes.list()).status).toBe(200);
    expect((await routes.create({ scopes: [] })).status).toBe(403);
    const none = await admin.made();
    const other = new ClientRoutes(service, await machineToken(service, none));
    expect((await other.list()).status).toBe(403);
  });

  it('makes no client beyond it', async () => {
    await expectForbidden(machine.create({ scopes: ['tasks:read', 'users:write'] }), /users:write/);
    await expectForbidden(machine.create({ first_party: true }), /first-party/);
  });

  it('lets none grow beyond it, its own included', async () => {
    const { id } = await machine.made();
    for (const target of [id, self.id]) {
      await expectForbidden(machine.change(target, { scopes: ['users:write'] }), /users:write/);
      await expectForbidden(machine.change(target, { first_party: true }), /first-party/);
    }
    expect((await admin.read(self.id)).body).toMatchObject({ scopes: REACH, first_party: false });
  });

  it('takes over none that is beyond it: no change, no secret, no end', async () => {
    const beyond = [
      (await admin.made({ scopes: ['users:write'] })).id,
      (await admin.made({ first_party: true })).id,
      'hallpass',
      'hallpass-docs',
    ];
    for (const id of beyond) {
      const before = (await admin.read(id)).body;
      await expectForbidden(machine.change(id, { name: 'Mine' }));
      await expectForbidden(machine.change(id, { scopes: [], first_party: false }));
      await expectForbidden(machine.change(id, { disabled: true }));
      await expectForbidden(machine.makeSecret(id));
      await expectForbidden(machine.withdraw(id));
      await expectForbidden(machine.delete(id));
      expect((await admin.read(id)).body).toEqual(before);
      const log = await auditLog(service);
      expect(
        log.slice(-6).map(({ event, result, reason, actor, subject }) => {
          return [event, result, reason, actor, subject].join(' ');
        }),
      ).toEqual(
        ['changed', 'changed', 'disabled', 'secret_created', 'secrets_withdrawn', 'deleted'].map(
          (what) => `client.${what} refused beyond_reach client:${self.id} client:${id}`,
        ),
      );
    }
  });

  it('reaches as far as its token, not as far as its registration', async () => {
    const { body } = await askAsMachine(service, self, { scope: 'clients:write' });
    const narrow = new ClientRoutes(service, body.access_token as string);
    await expectForbidden(narrow.create({ scopes: ['tasks:read'] }), /tasks:read/);
    expect((await narrow.create({ scopes: ['clients:write'] })).status).toBe(201);
  });

  it('loses its reach with its scopes, on the next request', async () => {
    const manager = await admin.made({ scopes: REACH });
    const routes = new ClientRoutes(service, await machineToken(service, manager));
    const { id } = await routes.made();
    await admin.change(manager.id, { scopes: ['clients:write'] });
    await expectForbidden(routes.makeSecret(id), /tasks:read/);
  });

  it('may disable a client and not enable it, whoever disabled it: that is for an administrator', async () => {
    const reason = /^A machine may disable a client, but not enable it$/;
    for (const whoever of [machine, admin]) {
      const { id } = await admin.made();
      expect((await whoever.change(id, { disabled: true })).status).toBe(200);
      await expectForbidden(machine.change(id, { disabled: false }), reason);
      await expectForbidden(machine.change(id, { name: 'Mine', disabled: false }), reason);
      expect((await machine.change(id, { name: 'Renamed' })).status).toBe(200);
      expect((await admin.read(id)).body).toMatchObject({ name: 'Renamed', disabled: true });
      expect((await admin.change(id, { disabled: false })).body.disabled).toBe(false);
      expect((await machine.change(id, { disabled: false })).status).toBe(200); // it is enabled already
    }
  });

  it('may change its own secret', async () => {
    const second = (await machine.makeSecret(self.id)).body.secret as string;
    expect((await askAsMachine(service, { ...self, secret: second })).status).toBe(200);
  });

  async function expectForbidden(
    deed: ReturnType<ClientRoutes['read']>,
    reason = /^A machine may/,
  ): Promise<void> {
    const { status, body, headers } = await deed;
    expect(status).toBe(403);
    expect(body.detail).toMatch(reason);
    expect(headers.get('content-type')).toContain('application/problem+json');
  }
});
