import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { Changes } from '../../../src/platform/changes.js';
import { User } from '../../../src/users/user.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient } from '../../support/clients.js';
import { bearer, call } from '../../support/http.js';
import { FORM, oauthError } from '../../support/oauth.js';
import { machineToken, signInFully } from '../../support/tokens.js';

const ALL = 'openid profile email';

describe('/userinfo (OpenID Connect Core §5.3)', () => {
  let service: TestApp;

  beforeEach(async () => {
    service = await startApp();
  });
  afterEach(() => service.close());

  const tokenOf = async (scope: string, fields: Record<string, string> = {}) =>
    (await signInFully(service.url, { scope, ...fields })).access_token;
  const read = (token: string) => call(`${service.url}/userinfo`, { headers: bearer(token) });

  it('tells who signed in, with the claims of profile and email (§5.4)', async () => {
    const { status, headers, body } = await read(await tokenOf(ALL));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toBe('no-store');
    const { johndoe } = service.people;
    expect(body).toEqual({
      sub: johndoe.id,
      name: 'John Doe',
      preferred_username: 'johndoe',
      updated_at: johndoe.updatedAt,
      email: 'johndoe@example.com',
      email_verified: true,
    });
  });

  it.each([
    ['openid', []],
    ['openid profile', ['name', 'preferred_username', 'updated_at']],
    ['openid email', ['email', 'email_verified']],
  ])('tells with %s no more than that', async (scope, claims) => {
    const { body } = await read(await tokenOf(scope));
    expect(Object.keys(body as object)).toEqual(['sub', ...claims]);
  });

  it('leaves out what is not known, and says of an address that nobody proved that it is not (§5.3.2)', async () => {
    const alice = { username: 'alice', password: 'secret2' };
    const token = await tokenOf(ALL, alice);
    expect((await read(token)).body).toEqual({
      sub: service.people.alice.id,
      preferred_username: 'alice',
      updated_at: service.people.alice.updatedAt,
      email: 'alice@example.com',
      email_verified: true,
    });
    const people: Repository<User> = service.app.get(getRepositoryToken(User));
    const change = async (changes: Partial<User>) => {
      await people.update({ id: service.people.alice.id }, changes);
      service.app.get(Changes).announce({ of: 'user', id: service.people.alice.id });
      return (await read(token)).body as object;
    };
    expect(await change({ verifiedEmailKey: null })).toMatchObject({
      email: 'alice@example.com',
      email_verified: false,
    });
    const claims = Object.keys(await change({ email: null }));
    expect(claims).toEqual(['sub', 'preferred_username', 'updated_at']);
  });

  it.each<[string, RequestInit]>([
    ['no body', {}],
    ['an empty form', { headers: { 'content-type': FORM }, body: '' }],
    ['a form', { headers: { 'content-type': FORM }, body: 'a=b&a=c&%ff' }],
  ])('answers a POST with %s as it does GET (§5.3.1)', async (_what, { headers, body }) => {
    const token = await tokenOf(ALL);
    const posted = await call(`${service.url}/userinfo`, {
      method: 'POST',
      headers: { ...bearer(token), ...(headers as Record<string, string>) },
      ...(body === undefined ? {} : { body }),
    });
    expect(posted.status).toBe(200);
    expect(posted.body).toEqual((await read(token)).body);
  });

  it('ignores a token in the body or the query (RFC 6750 §2.2, §2.3)', async () => {
    const token = await tokenOf(ALL);
    const inBody = await call(`${service.url}/userinfo`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: `access_token=${token}`,
    });
    const inQuery = await call(`${service.url}/userinfo?access_token=${token}`);
    for (const answer of [inBody, inQuery]) {
      expect(answer).toMatchObject(oauthError(401, 'invalid_token', 'Not authenticated'));
      expect(answer.headers.get('www-authenticate')).toBe(
        'Bearer realm="hallpass", scope="openid"',
      );
    }
  });

  it('refuses a token without openid, a bad one, and a machine’s, in the shape of OAuth', async () => {
    const poor = await read(await tokenOf('profile email'));
    expect(poor).toMatchObject(oauthError(403, 'insufficient_scope', 'Not enough permissions'));
    expect(poor.headers.get('www-authenticate')).toContain('scope="openid"');
    expect(await read('nonsense')).toMatchObject(
      oauthError(401, 'invalid_token', 'Could not validate credentials'),
    );
    const machine = await addClient(service, { scopes: ['users:read'] });
    expect(await read(await machineToken(service.url, machine))).toMatchObject({ status: 403 });
  });

  it('answers other people’s applications, and tells nothing of a scope that they lost since', async () => {
    const grants = ['password'] as const;
    const scopes = ALL.split(' ');
    const app = await addClient(service, { confidential: false, firstParty: true, grants, scopes });
    const token = await tokenOf(ALL, { client_id: app.id });
    await changeClient(service, app.id, { firstParty: false });
    expect((await read(token)).body).toMatchObject({ email: 'johndoe@example.com' });
    await changeClient(service, app.id, { scopes: ['openid', 'profile'] });
    const { body } = await read(token);
    expect(body).toMatchObject({ preferred_username: 'johndoe' });
    expect(body).not.toHaveProperty('email');
    await changeClient(service, app.id, { scopes: ['profile'] });
    expect((await read(token)).status).toBe(403);
  });
});
