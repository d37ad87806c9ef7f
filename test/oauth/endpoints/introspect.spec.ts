import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../../src/sessions/session.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { Passwords } from '../../../src/users/passwords.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, type TestClient } from '../../support/clients.js';
import { claimsOf } from '../../support/forge.js';
import { postForm } from '../../support/http.js';
import { basic, oauthError } from '../../support/oauth.js';
import {
  type Grant,
  introspect as introspectAt,
  machineToken,
  refresh,
  revoke,
  signInFully,
} from '../../support/tokens.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');
/** Not one member or space more. RFC 7662 §2.2. */
const INACTIVE = { status: 200, text: '{"active":false}' };
const APP = { firstParty: true, grants: ['password', 'refresh_token'], scopes: 'unrestricted' };

describe('POST /introspect (RFC 7662)', () => {
  let service: TestApp;
  let app: TestClient;
  let reader: TestClient;
  let theirs: Grant;
  let person = 0;
  let username: string;
  const introspect = (token: string, client = app, fields = {}) =>
    introspectAt(service.url, token, client, fields);
  const asApp = () => ({ client_id: app.id, client_secret: app.secret });
  const signIn = (fields = {}) =>
    signInFully(service.url, { ...asApp(), username, password: 'password-1', ...fields });
  const users = () => service.app.get(UsersService);
  const rows = <E extends object>(entity: new () => E) =>
    service.app.get<Repository<E>>(getRepositoryToken(entity));

  async function expectBothInactive({ access_token, refresh_token }: Grant): Promise<void> {
    expect(await introspect(access_token)).toMatchObject(INACTIVE);
    expect(await introspect(refresh_token)).toMatchObject(INACTIVE);
  }

  beforeAll(async () => {
    service = await startApp();
    reader = await addClient(service, { scopes: ['tokens:introspect'] });
  });
  beforeEach(async () => {
    app = await addClient(service, APP as never);
    username = `person-${++person}`;
    await users().create({ username, password: 'password-1', role: 'admin' });
    theirs = await signIn();
    expect((await introspect(theirs.access_token)).body.active).toBe(true);
    expect((await introspect(theirs.refresh_token)).body.active).toBe(true);
  });
  afterAll(() => service.close());

  describe('tells the owner', () => {
    it('of a user’s access token what is in it, the username, and nothing else', async () => {
      const { client_epoch, ...claims } = claimsOf(theirs.access_token);
      expect(client_epoch).toBeUndefined();
      expect((await introspect(theirs.access_token)).body).toEqual({
        active: true,
        token_type: 'bearer',
        username,
        ...claims,
      });
    });

    it('of a refresh token whose it is and until when', async () => {
      const { sid, sub, iss } = claimsOf(theirs.access_token);
      const { expiresAt } = await rows(Session).findOneByOrFail({ id: String(sid) });
      expect((await introspect(theirs.refresh_token)).body).toEqual({
        active: true,
        client_id: app.id,
        sub,
        username,
        iss,
        sid,
        exp: expiresAt,
        scope: theirs.scope,
      });
    });

    it('of a machine’s token no username, no session and no epoch', async () => {
      const token = await machineToken(service.url, reader);
      const { client_epoch, ...claims } = claimsOf(token);
      expect(client_epoch).toBe(0);
      expect((await introspect(token, reader)).body).toEqual({
        active: true,
        token_type: 'bearer',
        ...claims,
      });
      expect(claims['sub']).toBe(`client:${reader.id}`);
    });

    it.each([
      ['an access token called a refresh token', 'access_token', 'refresh_token'],
      ['a refresh token called an access token', 'refresh_token', 'access_token'],
      ['a refresh token called what nobody knows', 'refresh_token', 'id_token'],
    ] as const)('also of %s (§2.1)', async (_what, which, hint) => {
      const { body } = await introspect(theirs[which], app, { token_type_hint: hint });
      expect(body.active).toBe(true);
    });

    it('and changes nothing, however often and of whatever generation', async () => {
      const next = (await refresh(service.url, theirs.refresh_token, asApp())).body as Grant;
      service.clock.forward({ seconds: 60 }); // beyond the grace: to use it would be a replay
      for (let i = 0; i < 3; i += 1) {
        expect(await introspect(theirs.refresh_token)).toMatchObject(INACTIVE);
      }
      expect((await introspect(theirs.access_token)).body.active).toBe(true);
      expect((await introspect(next.refresh_token)).body.active).toBe(true);
      expect((await refresh(service.url, next.refresh_token, asApp())).status).toBe(200);
    });
  });

  describe('tells others nothing', () => {
    it('but a client with tokens:introspect sees everyone’s', async () => {
      const builtIn = await signInFully(service.url);
      const machine = await addClient(service);
      const tokens = [
        theirs.access_token,
        theirs.refresh_token,
        builtIn.access_token,
        builtIn.refresh_token,
        await machineToken(service.url, machine),
      ];
      const stranger = await addClient(service, { scopes: ['users:read', 'audit:read'] });
      for (const token of tokens) {
        expect((await introspect(token, reader)).body.active).toBe(true);
        expect(await introspect(token, stranger)).toMatchObject(INACTIVE);
      }
    });

    it('not to a first-party client that may have whatever its users may', async () => {
      const builtIn = await signInFully(service.url);
      expect(await introspect(builtIn.access_token)).toMatchObject(INACTIVE);
      expect(await introspect(builtIn.refresh_token)).toMatchObject(INACTIVE);
    });

    it('from the moment that the scope is taken away', async () => {
      const client = await addClient(service, { scopes: ['tokens:introspect'] });
      expect((await introspect(theirs.access_token, client)).body.active).toBe(true);
      await changeClient(service, client.id, { scopes: [] });
      expect(await introspect(theirs.access_token, client)).toMatchObject(INACTIVE);
    });
  });

  describe('knows as inactive', () => {
    it.each<[string, () => unknown]>([
      ['was revoked', () => revoke(service.url, theirs.refresh_token, app)],
      [
        'is of a disabled user',
        async () => users().change({ id: await idOfPerson() }, { disabled: true }),
      ],
      [
        'is of a password that was changed',
        async () => service.app.get(Passwords).set(await idOfPerson(), 'password-2'),
      ],
      ['is of a deleted user', async () => rows(User).delete({ id: await idOfPerson() })],
    ])('what %s', async (_what, end) => {
      await end();
      await expect
        .poll(async () => (await introspect(theirs.access_token)).body, { timeout: 2000 })
        .toEqual({ active: false }); // what was deleted beside the service is seen within a second
      await expectBothInactive(theirs);
    });

    it('what its client’s epoch has ended, and not what came after', async () => {
      await changeClient(service, app.id, { epoch: 1 });
      await expectBothInactive(theirs);
      expect((await introspect((await signIn()).access_token)).body.active).toBe(true);
      const machine = await machineToken(service.url, reader);
      await changeClient(service, reader.id, { epoch: 1 });
      expect(await introspect(machine, reader)).toMatchObject(INACTIVE);
      const after = await machineToken(service.url, reader);
      expect((await introspect(after, reader)).body.active).toBe(true);
    });

    it('what is of a disabled client, also to a reader', async () => {
      await changeClient(service, app.id, { disabled: true });
      expect(await introspect(theirs.access_token, reader)).toMatchObject(INACTIVE);
      expect(await introspect(theirs.refresh_token, reader)).toMatchObject(INACTIVE);
      expect(await introspect(theirs.access_token, app)).toMatchObject(FAILED);
    });

    it('a refresh token of a client that may refresh no more', async () => {
      await changeClient(service, app.id, { grants: ['password'] });
      expect(await introspect(theirs.refresh_token)).toMatchObject(INACTIVE);
      expect((await introspect(theirs.access_token)).body.active).toBe(true);
    });

    it('any other text', async () => {
      for (const text of ['no-such-token', '\0', 'a.b.c', `hp_rt_${'A'.repeat(76)}`, '{}', '..'])
        expect(await introspect(text, reader)).toMatchObject(INACTIVE);
    });

    it('what has expired: the access token first, the session after it', async () => {
      const machine = await machineToken(service.url, reader);
      service.clock.forward({ seconds: 890 });
      expect((await introspect(theirs.access_token)).body.active).toBe(true);
      service.clock.forward({ seconds: 11 });
      expect(await introspect(theirs.access_token)).toMatchObject(INACTIVE);
      expect(await introspect(machine, reader)).toMatchObject(INACTIVE);
      expect((await introspect(theirs.refresh_token)).body.active).toBe(true);
      service.clock.forward({ seconds: service.settings.REFRESH_TOKEN_TTL_SECONDS - 900 });
      await expectBothInactive(theirs);
    });
  });

  describe('says which scope counts now', () => {
    const scopesOf = async ({ access_token, refresh_token }: Grant) => [
      (await introspect(access_token)).body.scope,
      (await introspect(refresh_token)).body.scope,
    ];

    it('for the role of the user', async () => {
      const grant = await signIn({ scope: 'tasks:read users:read' });
      expect(await scopesOf(grant)).toEqual(Array(2).fill('tasks:read users:read'));
      const id = await idOfPerson();
      await rows(User).update({ id }, { role: 'user' }); // by another process
      await expect
        .poll(async () => (await introspect(grant.access_token)).body.scope, { timeout: 2000 })
        .toBe('tasks:read');
      expect(await scopesOf(grant)).toEqual(Array(2).fill('tasks:read'));
    });

    it('for the registration of the client', async () => {
      const grant = await signIn({ scope: 'tasks:read tasks:write' });
      await changeClient(service, app.id, { scopes: ['tasks:write'] });
      expect(await scopesOf(grant)).toEqual(Array(2).fill('tasks:write'));
      const client = await addClient(service, { scopes: ['users:read', 'audit:read'] });
      const token = await machineToken(service.url, client);
      await changeClient(service, client.id, { scopes: ['audit:read'] });
      expect((await introspect(token, client)).body.scope).toBe('audit:read');
    });

    it('as an empty text when nothing does', async () => {
      const grant = await signIn({ scope: 'tasks:read' });
      await changeClient(service, app.id, { scopes: [] });
      expect(await scopesOf(grant)).toEqual(['', '']);
    });
  });

  describe('refuses with 401 invalid_client (§2.1)', () => {
    it.each<[string, Record<string, string>, Record<string, string>]>([
      ['no client named', {}, {}],
      ['Swagger UI’s empty Basic', {}, { authorization: 'Basic Og==' }],
      ['the built-in client', { client_id: 'hallpass' }, {}],
      ['the built-in client in Basic', {}, basic('hallpass:')],
      ['an unknown client', {}, basic('nobody:x')],
      ['a Bearer token alone', {}, { authorization: 'Bearer x' }],
    ])('%s', async (_what, fields, headers) => {
      const form = { token: theirs.access_token, ...fields };
      const answer = await postForm(`${service.url}/introspect`, form, headers);
      expect(answer).toMatchObject(FAILED);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
    });

    it('a public client, though the token is its own', async () => {
      const id = `public-${person}`;
      await addClient(service, { ...(APP as object), id, confidential: false });
      const own = await signIn({ client_id: id, client_secret: '' });
      const form = { token: own.access_token, client_id: id };
      expect(await postForm(`${service.url}/introspect`, form)).toMatchObject(FAILED);
      expect((await introspect(own.access_token, reader)).body.active).toBe(true);
    });

    it('a wrong secret and none', async () => {
      for (const headers of [basic(`${reader.id}:wrong`), basic(`${reader.id}:`)]) {
        const form = { token: theirs.access_token };
        expect(await postForm(`${service.url}/introspect`, form, headers)).toMatchObject(FAILED);
      }
    });
  });

  async function idOfPerson(): Promise<string> {
    return (await rows(User).findOneByOrFail({ username })).id;
  }
});
