import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Session } from '../../../src/sessions/session.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, type TestClient } from '../../support/clients.js';
import { claimsOf, headerOf } from '../../support/forge.js';
import { bearer, call, postForm } from '../../support/http.js';
import { oauthError } from '../../support/oauth.js';
import { isForMachines, needsToken, operationsOf } from '../../support/openapi.js';
import { askMachineToken, machineToken } from '../../support/tokens.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';

describe('POST /token grant_type=client_credentials (RFC 6749 §4.4)', () => {
  let service: TestApp;
  const ask = (client: Pick<TestClient, 'credentials'>, fields?: Record<string, string>) =>
    askMachineToken(service.url, client, fields);
  const sessions = () => service.app.get<Repository<Session>>(getRepositoryToken(Session));

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('answers with an access token and no refresh token (§4.4.3), and opens no session', async () => {
    const grants = ['client_credentials', 'refresh_token', 'password'] as const;
    const client = await addClient(service, { grants, firstParty: true });
    const before = await sessions().count();
    const answer = await ask(client);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.any(String) as string,
      token_type: 'bearer',
      expires_in: 900,
      scope: 'users:read',
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(await sessions().count()).toBe(before);
  });

  it('issues a token of the client itself, and of no session (RFC 9068 §2.2)', async () => {
    const { id, ...client } = await addClient(service, { epoch: 3 });
    const { access_token } = (await ask({ ...client })).body as { access_token: string };
    expect(headerOf(access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    const now = service.clock.now();
    const claims = claimsOf(access_token);
    expect(claims).toEqual({
      iss: service.url,
      aud: service.url,
      sub: `client:${id}`,
      client_id: id,
      client_epoch: 3,
      scope: 'users:read',
      iat: expect.closeTo(now, -1) as number,
      exp: expect.closeTo(now + 900, -1) as number,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
  });

  it('says the same lifetime in the answer and in the token, though the second may change in between', async () => {
    const client = await addClient(service);
    const milliseconds = service.clock.milliseconds.bind(service.clock);
    let reads = 0;
    const ticking = vi.spyOn(service.clock, 'milliseconds');
    ticking.mockImplementation(() => milliseconds() + 1000 * reads++);
    const { body } = await ask(client);
    ticking.mockRestore();
    const { access_token, expires_in } = body as { access_token: string; expires_in: number };
    const { exp, iat } = claimsOf(access_token);
    expect([expires_in, Number(exp) - Number(iat)]).toEqual([900, 900]);
  });

  describe('the scope (§4.4.2)', () => {
    const all = ['openid', 'profile', 'email', 'tasks:read', 'users:write', 'tokens:introspect'];

    it.each([undefined, '', ' '])(
      '%j is what the client is registered with, but never a person’s',
      async (scope) => {
        const client = await addClient(service, { scopes: all });
        const { body } = await ask(client, scope === undefined ? {} : { scope });
        expect(body.scope).toBe('tasks:read users:write tokens:introspect');
        expect(claimsOf(body.access_token)['scope']).toBe(body.scope);
      },
    );

    it('is less when less is named, and is said', async () => {
      const client = await addClient(service, { scopes: all });
      const { body } = await ask(client, { scope: 'tasks:read' });
      expect(body.scope).toBe('tasks:read');
      expect(claimsOf(body.access_token)['scope']).toBe('tasks:read');
    });

    it.each(['openid', 'profile', 'email', 'tasks:read openid'])(
      '%j is invalid_scope though the client is registered with it',
      async (scope) => {
        const client = await addClient(service, { scopes: all });
        const named = scope.split(' ').at(-1) as string;
        const refusal = oauthError(400, 'invalid_scope', `The scope ${named} is not allowed`);
        expect(await ask(client, { scope })).toMatchObject(refusal);
      },
    );

    it.each(['users:write', 'tokens:introspect', 'no:such', 'users:read users:write', 'toString'])(
      '%j is invalid_scope when the client is not registered with it',
      async (scope) => {
        const client = await addClient(service);
        expect(await ask(client, { scope })).toMatchObject(
          oauthError(400, 'invalid_scope', /is not allowed$/),
        );
      },
    );

    it('of a client registered with persons’ scopes alone is none, and is left out of the token', async () => {
      const client = await addClient(service, { scopes: ['openid', 'email'] });
      const { body } = await ask(client);
      expect(body.scope).toBe('');
      expect(claimsOf(body.access_token)).not.toHaveProperty('scope');
    });

    it('follows the registration at once', async () => {
      const client = await addClient(service, { scopes: ['users:read'] });
      await ask(client);
      await changeClient(service, client.id, { scopes: ['audit:read'] });
      expect((await ask(client)).body.scope).toBe('audit:read');
      expect(await ask(client, { scope: 'users:read' })).toMatchObject(
        oauthError(400, 'invalid_scope', 'The scope users:read is not allowed'),
      );
    });
  });

  describe('the client', () => {
    it('must be named: 401 invalid_client', async () => {
      const form = { grant_type: 'client_credentials' };
      for (const headers of [{}, { authorization: 'Basic Og==' }, bearer('x')]) {
        const answer = await postForm(`${service.url}/token`, form, headers);
        expect(answer).toMatchObject(FAILED);
        expect(answer.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
      }
    });

    it('that is public may not: 400 unauthorized_client', async () => {
      const form = { grant_type: 'client_credentials', client_id: 'hallpass' };
      const answer = await postForm(`${service.url}/token`, form);
      expect(answer).toMatchObject(
        oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
      );
      expect(answer.headers.get('www-authenticate')).toBeNull();
    });

    it('without the grant may not: 400 unauthorized_client', async () => {
      const client = await addClient(service, { grants: ['authorization_code'] });
      expect(await ask(client)).toMatchObject(
        oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
      );
    });

    it('without the password grant may not sign anybody in, before the password is looked at', async () => {
      const client = await addClient(service);
      for (const password of ['secret', 'wrong']) {
        const form = { grant_type: 'password', username: 'johndoe', password };
        const answer = await postForm(`${service.url}/token`, form, client.credentials);
        expect(answer).toMatchObject(
          oauthError(400, 'unauthorized_client', 'This client may not use this grant'),
        );
      }
    });

    it('is authenticated before its scope is looked at', async () => {
      const { id } = await addClient(service);
      const form = { grant_type: 'client_credentials', client_id: id, scope: 'no:such' };
      expect(await postForm(`${service.url}/token`, form)).toMatchObject(FAILED);
    });
  });

  describe('the token on the API', () => {
    it('opens a route that takes anyone’s, and is told as it is', async () => {
      const token = await machineToken(service.url, await addClient(service));
      const answer = await call(`${service.url}/items/secret`, { headers: bearer(token) });
      expect(answer).toMatchObject({
        status: 200,
        body: { message: 'This is a protected route!', token },
      });
    });

    it('does not open a route for users, whatever its scope: 403 without a challenge', async () => {
      const scopes = ['items:read', 'tasks:read', 'tasks:write', 'users:read', 'users:write'];
      const token = await machineToken(service.url, await addClient(service, { scopes }));
      const { body } = await call(`${service.url}/openapi.json`);
      const operations = operationsOf(body).filter(({ operation }) => needsToken(operation));
      const forUsers = operations.filter((each) => !isForMachines(each));
      expect(forUsers.map(({ name }) => name)).toContain('GET /users/me');
      for (const { method, path } of forUsers) {
        const url = service.url + path.replaceAll(/\{\w+\}/g, NO_ID);
        const answer = await call(url, { method, headers: bearer(token) });
        expect(answer.status).toBe(403);
        expect(answer.body.detail).toMatch(/^This route needs a (user's|first-party) token$/);
        expect(answer.headers.get('www-authenticate')).toBeNull();
      }
    });

    it.each([
      ['GET', '/users/me'],
      ['GET', '/tasks'],
      ['DELETE', '/users/me/sessions'],
    ])('%s %s says that it needs a user’s token', async (method, path) => {
      const token = await machineToken(service.url, await addClient(service));
      const answer = await call(service.url + path, { method, headers: bearer(token) });
      expect(answer).toMatchObject({
        status: 403,
        body: { detail: "This route needs a user's token", status: 403 },
      });
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });

    it.each([
      ['its client is disabled', { disabled: true }],
      ['the epoch of its client goes up', { epoch: 1 }],
      ['the epoch of its client goes back', { epoch: -1 }],
    ])('is 401 at the next request after %s', async (_what, change) => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      const secret = () => call(`${service.url}/items/secret`, { headers: bearer(token) });
      expect((await secret()).status).toBe(200);
      await changeClient(service, client.id, change);
      expect((await secret()).status).toBe(401);
      expect((await secret()).body.detail).toBe('Could not validate credentials');
    });

    it('outlives the secret it came by: its end is the epoch', async () => {
      const client = await addClient(service);
      const token = await machineToken(service.url, client);
      await changeClient(service, client.id, { secretHashes: [] });
      const answer = await call(`${service.url}/items/secret`, { headers: bearer(token) });
      expect(answer.status).toBe(200);
    });

    it('lives as long as it says and no second longer', async () => {
      const token = await machineToken(service.url, await addClient(service));
      const secret = () => call(`${service.url}/items/secret`, { headers: bearer(token) });
      service.clock.forward({ seconds: 890 });
      expect((await secret()).status).toBe(200);
      service.clock.forward({ seconds: 10 });
      expect((await secret()).status).toBe(401);
    });
  });
});
