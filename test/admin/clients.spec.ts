import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/clients/client.entity.js';
import { hashClientSecret } from '../../src/clients/client-secret.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient } from '../support/clients.js';
import { askAsMachine, ClientRoutes, machineToken, NEW_MACHINE } from '../support/client-routes.js';
import { bearer, call, signIn } from '../support/http.js';

const SCOPE = 'clients:read clients:write users:read profile';
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';
const CALLBACK = ['https://app.example.com/cb'];

describe('/clients', () => {
  let service: TestApp;
  let clients: ClientRoutes;
  const by = async (username: string, password: string, scope: string) =>
    new ClientRoutes(service, await signIn(service.url, username, password, scope));

  beforeAll(async () => {
    service = await startApp();
    clients = await by('johndoe', 'secret', SCOPE);
  });
  afterAll(() => service.close());

  it('registers a confidential client and shows its secret once', async () => {
    const { status, body } = await clients.create({ redirect_uris: CALLBACK });
    expect(status).toBe(201);
    const { secret, ...client } = body;
    expect(client).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      ...NEW_MACHINE,
      first_party: false,
      redirect_uris: CALLBACK,
      post_logout_redirect_uris: [],
      id_token_signed_response_alg: 'RS256',
      disabled: false,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect(secret).toMatch(/^hp_cs_[\w-]{43}$/);
    expect((await askAsMachine(service, body)).status).toBe(200);
  });

  it('shows a secret never again, nor a trace of it, in any answer or log line', async () => {
    const { id, secret } = await clients.made();
    const second = (await clients.makeSecret(id)).body.secret as string;
    const hashes = [secret, second].map(hashClientSecret);
    const answers = [
      await clients.read(id),
      await clients.list('?limit=100'),
      await clients.change(id, { name: 'Renamed' }),
      await clients.change(id, { disabled: true }),
      await clients.withdraw(id, '?keep=newest'),
      await clients.delete(id),
    ];
    const said = answers.map(({ text }) => text).join() + service.log();
    for (const text of [secret, second, ...hashes]) expect(said).not.toContain(text);
    expect(said).not.toMatch(/secret_hashes|epoch/);
  });

  it('keeps only a hash in the row', async () => {
    const { id, secret } = await clients.made();
    const rows = service.app.get<Repository<Client>>(getRepositoryToken(Client));
    const row = await rows.findOneByOrFail({ id });
    expect(row.secretHashes).toEqual([hashClientSecret(secret)]);
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('registers a public client without a secret', async () => {
    const grants = ['authorization_code', 'refresh_token'];
    const changes = { confidential: false, grants, redirect_uris: CALLBACK };
    const { status, body } = await clients.create(changes);
    expect(status).toBe(201);
    expect(body).not.toHaveProperty('secret');
    for (const answer of [await clients.makeSecret(body.id), await clients.withdraw(body.id)]) {
      expect(answer.status).toBe(409);
      expect(answer.body.detail).toBe('A public client has no secret');
    }
  });

  it('lists them in the order in which they were made, in pages, the built-in ones last', async () => {
    const made = [await clients.made(), await clients.made(), await clients.made()];
    const seen: string[] = [];
    let cursor = '';
    do {
      const { status, body } = await clients.list(`?limit=1${cursor}`);
      expect(status).toBe(200);
      expect(body.items).toHaveLength(1);
      seen.push(body.items[0].id as string);
      cursor = body.next === null ? '' : `&cursor=${body.next}`;
    } while (cursor !== '');
    expect(seen.filter((id) => made.some((one) => one.id === id))).toEqual(
      made.map(({ id }) => id),
    );
    expect(seen.slice(-2)).toEqual(['hallpass', 'hallpass-docs']);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('signs id_tokens for a client as it was registered or changed', async () => {
    const { body } = await clients.create({ id_token_signed_response_alg: 'ES256' });
    expect(body).toMatchObject({ id_token_signed_response_alg: 'ES256' });
    const changed = await clients.change(body.id, { id_token_signed_response_alg: 'RS256' });
    expect(changed.body).toMatchObject({ id_token_signed_response_alg: 'RS256' });
    expect((await clients.read(body.id)).body).toEqual(changed.body);
  });

  it('shows what is unrestricted as every scope that a user may have', async () => {
    const { scopes } = (await clients.read('hallpass')).body;
    expect(scopes).toEqual(expect.arrayContaining(['openid', 'tasks:read', 'clients:write']));
    expect(scopes).not.toContain('tokens:introspect');
  });

  it.each(['nobody', NO_ID, '%00', '%20', 'x'.repeat(300)])('knows no client %s', async (id) => {
    const answers = [
      await clients.read(id),
      await clients.change(id, { name: 'x' }),
      await clients.makeSecret(id),
      await clients.withdraw(id),
      await clients.delete(id),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(404);
      expect(answer.body.detail).toBe('Client not found');
    }
  });

  describe('who may', () => {
    it('is no user without the role, whatever the token', async () => {
      const { id } = await clients.made();
      const alice = await by('alice', 'secret2', 'profile');
      const answers = [await alice.list(), await alice.create(), await alice.delete(id)];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
      expect((await new ClientRoutes(service).list()).status).toBe(401);
    });

    it('reads with clients:read and writes with clients:write alone', async () => {
      const { id } = await clients.made();
      const reader = await by('johndoe', 'secret', 'clients:read');
      const writer = await by('johndoe', 'secret', 'clients:write');
      expect((await reader.read(id)).status).toBe(200);
      expect((await writer.read(id)).status).toBe(403);
      for (const deed of [reader.create(), reader.change(id, {}), reader.makeSecret(id)]) {
        expect((await deed).status).toBe(403);
      }
      expect((await writer.change(id, { name: 'x' })).status).toBe(200);
    });
  });

  describe('refuses with 422', () => {
    it.each<[string, object, string]>([
      ['an id', { id: NO_ID }, 'id'],
      ['an epoch', { epoch: 7 }, 'epoch'],
      ['secret hashes', { secret_hashes: [] }, 'secret_hashes'],
      ['the entity’s name of them', { secretHashes: [] }, 'secretHashes'],
      ['a secret', { secret: 'chosen' }, 'secret'],
      ['a date', { created_at: '2020-01-01T00:00:00Z' }, 'created_at'],
      ['a new client that is disabled', { disabled: true }, 'disabled'],
      ['no name', { name: '' }, 'name'],
      ['a name of NUL', { name: 'a\0' }, 'name'],
      ['a name of two lines', { name: 'a\nb' }, 'name'],
      ['a name that is no text', { name: ['a'] }, 'name'],
      ['confidential as text', { confidential: 'false' }, 'confidential'],
      ['grants as text', { grants: 'password' }, 'grants'],
      ['a grant that is none', { grants: ['implicit'] }, 'grants'],
      ['the password grant for others', { grants: ['password'] }, 'grants'],
      ['a machine without a secret', { confidential: false }, 'grants'],
      ['a code with nowhere to go', { grants: ['authorization_code'] }, 'redirect_uris'],
      ['a scope that is none', { scopes: ['tasks:all'] }, 'scopes'],
      ['every scope', { scopes: ['*'] }, 'scopes'],
      ['unrestricted', { scopes: 'unrestricted' }, 'scopes'],
      [
        'introspection for a public client',
        { confidential: false, grants: [], scopes: ['tokens:introspect'] },
        'scopes',
      ],
      ['a bad redirect URI', { redirect_uris: ['javascript:alert(1)'] }, 'redirect_uris'],
      ['two in one', { redirect_uris: ['https://a.example/ https://b.example/'] }, 'redirect_uris'],
      [
        'a bad URI after signing out',
        { post_logout_redirect_uris: ['http://a.example/'] },
        'post_logout_redirect_uris',
      ],
      ['no signature', { id_token_signed_response_alg: 'none' }, 'id_token_signed_response_alg'],
      ['a null', { redirect_uris: null }, 'redirect_uris'],
    ])('%s', async (_what, changes, field) => {
      const { status, body } = await clients.create(changes);
      expect(status).toBe(422);
      expect(body.errors.map((error: { field: string }) => error.field)).toContain(field);
    });

    it('what must not be changed, and changes nothing', async () => {
      const { id } = await clients.made();
      const before = (await clients.read(id)).body;
      for (const field of ['id', 'confidential', 'epoch', 'secret_hashes', 'created_at']) {
        const { status, body } = await clients.change(id, {
          name: 'x',
          [field]: before[field] ?? 1,
        });
        expect(status, field).toBe(422);
        expect(body.errors).toEqual([{ field, message: 'is not a field of this request' }]);
      }
      expect((await clients.read(id)).body).toEqual(before);
    });

    it.each<[string, object, object, string]>([
      [
        'first_party of a client with the password grant',
        { first_party: true, grants: ['password'] },
        { first_party: false },
        'grants',
      ],
      [
        'the redirect URIs of a client with a code',
        { grants: ['authorization_code'], redirect_uris: CALLBACK },
        { redirect_uris: [] },
        'redirect_uris',
      ],
      ['the password grant to others’ client', {}, { grants: ['password'] }, 'grants'],
    ])('a change to %s', async (_what, made, changes, field) => {
      const { id } = await clients.made(made);
      const { status, body } = await clients.change(id, changes);
      await clients.delete(id); // no other test shall find its grants
      expect(status).toBe(422);
      expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field]);
    });
  });

  describe('the built-in client', () => {
    it('cannot be deleted', async () => {
      const { status, body } = await clients.delete('hallpass');
      expect(status).toBe(409);
      expect(body.detail).toContain('disable it instead');
      expect((await clients.read('hallpass')).status).toBe(200);
    });

    it('can lose the password grant, and the metadata then names it no more', async () => {
      const { grants } = (await clients.read('hallpass')).body;
      const metadata = async () =>
        (await call(`${service.url}/.well-known/oauth-authorization-server`)).body
          .grant_types_supported as string[];
      expect((await clients.change('hallpass', { grants: ['refresh_token'] })).status).toBe(200);
      await expect(signIn(service.url)).rejects.toThrow('unauthorized_client');
      expect(await metadata()).not.toContain('password');
      expect((await clients.change('hallpass', { grants })).status).toBe(200);
      expect(await metadata()).toContain('password');
    });

    it('keeps every scope through a change of something else', async () => {
      await clients.change('hallpass', { name: 'Front end' });
      const rows = service.app.get<Repository<Client>>(getRepositoryToken(Client));
      const { name, scopes } = await rows.findOneByOrFail({ id: 'hallpass' });
      expect({ name, scopes }).toEqual({ name: 'Front end', scopes: 'unrestricted' });
    });
  });

  describe('what is taken away is felt on the next request', () => {
    it('a scope, by a machine', async () => {
      const machine = await clients.made({ scopes: ['clients:read', 'tasks:read'] });
      const routes = new ClientRoutes(service, await machineToken(service, machine));
      expect((await routes.list()).status).toBe(200);
      await clients.change(machine.id, { scopes: ['tasks:read'] });
      expect((await routes.list()).status).toBe(403);
      await clients.change(machine.id, { scopes: ['clients:read'] });
      expect((await routes.list()).status).toBe(200);
    });

    it('being first-party, by a user’s token', async () => {
      const app = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password'],
        scopes: ['profile'],
      });
      const token = await signInThrough(app.id);
      const me = () => call(`${service.url}/users/me`, { headers: bearer(token) });
      expect((await me()).status).toBe(200);
      expect((await clients.change(app.id, { grants: [], first_party: false })).status).toBe(200);
      const answer = await me();
      expect(answer.status).toBe(403);
      expect(answer.body.detail).toBe('This route needs a first-party token');
    });

    async function signInThrough(client_id: string): Promise<string> {
      const body = new URLSearchParams({ client_id, username: 'johndoe', password: 'secret' });
      const answer = await call(`${service.url}/token`, { method: 'POST', body });
      expect(answer.status).toBe(200);
      return answer.body.access_token as string;
    }
  });

  describe('two secrets at once', () => {
    it('are both valid, and a third retires the first', async () => {
      const { id, secret: first } = await clients.made();
      const works = async (secret: string) =>
        (await askAsMachine(service, { id, secret })).status === 200;
      const made = await clients.makeSecret(id);
      expect(made.status).toBe(201);
      expect(made.body).toEqual({ id, secret: expect.stringMatching(/^hp_cs_/) as string });
      const second = made.body.secret as string;
      expect([await works(first), await works(second)]).toEqual([true, true]);
      const third = (await clients.makeSecret(id)).body.secret as string;
      expect([await works(first), await works(second), await works(third)]).toEqual([
        false,
        true,
        true,
      ]);
    });

    it('do not end a token that an older one got', async () => {
      const machine = await clients.made({ scopes: ['clients:read'] });
      const routes = new ClientRoutes(service, await machineToken(service, machine));
      for (const _ of [1, 2, 3]) await clients.makeSecret(machine.id);
      expect((await routes.list()).status).toBe(200);
    });

    it('refuses another keep than newest', async () => {
      const { id } = await clients.made();
      expect((await clients.withdraw(id, '?keep=oldest')).status).toBe(422);
      expect((await clients.withdraw(id, '?keep=newest&keep=newest')).status).toBe(422);
    });
  });

  it('writes each deed down once, with who did it and from where, and no secret', async () => {
    const { id } = await clients.made();
    await clients.change(id, { name: 'Renamed' });
    await clients.change(id, { name: 'Renamed' }); // nothing new
    await clients.makeSecret(id);
    await clients.withdraw(id);
    await clients.change(id, { disabled: true, scopes: [] });
    await clients.change(id, { disabled: false });
    await clients.delete(id);
    await clients.delete(id);
    const entries = await service.app
      .get<Repository<AuditEntry>>(getRepositoryToken(AuditEntry))
      .find({ where: { subject: `client:${id}` }, order: { id: 'ASC' } });
    expect(entries.map(({ event, reason }) => [event, reason])).toEqual([
      ['client.created', null],
      ['client.changed', null],
      ['client.secret_created', null],
      ['client.secrets_withdrawn', null],
      ['sessions.ended', 'client_secrets_withdrawn'],
      ['client.changed', null],
      ['client.disabled', null],
      ['sessions.ended', 'client_disabled'],
      ['client.enabled', null],
      ['client.deleted', null],
      ['sessions.ended', 'client_deleted'],
    ]);
    for (const entry of entries) {
      expect(entry).toMatchObject({
        actor: `user:${service.people.johndoe.id}`,
        ip: '127.0.0.1',
        result: 'success',
      });
      expect(entry.requestId).not.toBeNull();
    }
    expect(JSON.stringify(entries)).not.toContain('hp_cs_');
  });

  it('shows a client that no rule allows any more, and lets it be stopped and mended', async () => {
    const { id } = await clients.made();
    await changeClient(service, id, { scopes: ['gone:read'] }); // a scope that was taken out of the code
    expect((await clients.read(id)).body.scopes).toEqual(['gone:read']);
    expect((await clients.change(id, { name: 'x' })).status).toBe(422);
    expect((await clients.change(id, { disabled: true })).body).toMatchObject({ disabled: true });
    expect((await clients.change(id, { scopes: ['tasks:read'] })).status).toBe(200);
  });
});
