import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Session } from '../../src/sessions/session.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient } from '../support/clients.js';
import { type Answer, bearer, call } from '../support/http.js';
import { askToken, usualScope } from '../support/oauth.js';
import {
  auditLog,
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  refresh,
  sessionIdOf,
  statusOf,
} from '../support/refresh.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const NOBODYS = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13';
const NOT_FOUND = { status: 404, body: { detail: 'Session not found', status: 404 } };

describe('/users/me/sessions', () => {
  let service: TestApp;
  let username: string;
  let own: Pair;
  let people = 0;

  const signIn = (userAgent = 'node') =>
    openSession(service, { username, password: 'password' }, { 'user-agent': userAgent });
  const list = (query = '', token = own.access) =>
    call(`${service.url}/users/me/sessions${query}`, { headers: bearer(token) });
  const end = (path = '', token = own.access) =>
    call(`${service.url}/users/me/sessions${path}`, { method: 'DELETE', headers: bearer(token) });
  const idsOf = ({ body }: Answer) => (body.items as { id: string }[]).map(({ id }) => id);

  async function expectEnded(pair: Pair): Promise<void> {
    expect(await statusOf(service, pair.access)).toBe(401);
    expect(await refresh(service, pair.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
  }
  async function expectAlive(pair: Pair): Promise<void> {
    expect(await statusOf(service, pair.access)).toBe(200);
  }

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    username = `person${(people += 1)}`;
    await service.app.get(UsersService).create({ username, password: 'password' });
    own = await signIn(FIREFOX);
  });
  afterAll(() => service.close());

  describe('GET', () => {
    it('shows of each session what the contract lists, and nothing else', async () => {
      const { status, body } = await list();
      expect(status).toBe(200);
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string;
      expect(body).toEqual({
        items: [
          {
            id: sessionIdOf(own),
            client_id: 'hallpass',
            scope: usualScope(),
            device: 'Firefox on Linux',
            ip: '127.0.0.1',
            created_at: time,
            last_used_at: time,
            expires_at: time,
            current: true,
          },
        ],
        next: null,
      });
      const [{ created_at, expires_at }] = body.items;
      const life = (Date.parse(expires_at as string) - Date.parse(created_at as string)) / 1000;
      expect(life).toBe(service.settings.REFRESH_TOKEN_TTL_SECONDS);
    });

    it('has the newest first, and marks the one that asks', async () => {
      const second = await signIn('curl/8.5.0');
      const third = await signIn();
      const answer = await list('', second.access);
      expect(idsOf(answer)).toEqual([third, second, own].map(sessionIdOf));
      expect(
        (answer.body.items as { device: string; current: boolean }[]).map(({ device, current }) => [
          device,
          current,
        ]),
      ).toEqual([
        ['node', false],
        ['curl', true],
        ['Firefox on Linux', false],
      ]);
    });

    it('shows when a session last got a token, and until when it lives now', async () => {
      const before = (await list()).body.items[0];
      service.clock.forward({ seconds: 60 });
      await refresh(service, own.refresh);
      const after = (await list()).body.items[0];
      const moved = (name: string) =>
        (Date.parse(after[name] as string) - Date.parse(before[name] as string)) / 1000;
      expect(moved('created_at')).toBe(0);
      expect(moved('last_used_at')).toBeGreaterThanOrEqual(60);
      expect(moved('expires_at')).toBe(moved('last_used_at'));
    });

    it('comes in pages that overlap nowhere and miss nothing', async () => {
      const all = [own];
      for (let i = 0; i < 4; i += 1) all.push(await signIn());
      const seen: string[] = [];
      let query = '?limit=2';
      for (let page = 0; page < 3; page += 1) {
        const answer = await list(query);
        seen.push(...idsOf(answer));
        expect(idsOf(answer)).toHaveLength(page < 2 ? 2 : 1);
        if (page === 2) expect(answer.body.next).toBeNull();
        query = `?limit=2&cursor=${String(answer.body.next)}`;
      }
      expect(seen).toEqual(all.map(sessionIdOf).toReversed());
    });

    it.each(['?limit=0', '?limit=101', '?limit=x', '?cursor=x', '?user=alice'])(
      'refuses %s: 422',
      async (query) => {
        expect((await list(query)).status).toBe(422);
      },
    );

    it('shows nothing of another user', async () => {
      const alice = await openSession(service, { username: 'alice', password: 'secret2' });
      expect(idsOf(await list())).toEqual([sessionIdOf(own)]);
      expect(idsOf(await list('', alice.access))).not.toContain(sessionIdOf(own));
    });

    it('shows only what lives: not what was ended, has expired, or went with its client', async () => {
      const rows: Repository<Session> = service.app.get(getRepositoryToken(Session));
      const client = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password'],
        scopes: 'unrestricted',
      });
      const ended = await signIn();
      await end(`/${sessionIdOf(ended)}`);
      const expired = await signIn();
      await rows.update({ id: sessionIdOf(expired) }, { expiresAt: service.clock.now() });
      const fields = { username, password: 'password', client_id: client.id };
      const { body } = await askToken(service.url, fields);
      const ofClient = sessionIdOf({ access: body.access_token as string });
      expect(idsOf(await list())).toEqual([ofClient, sessionIdOf(own)]);
      await changeClient(service, client.id, { disabled: true });
      expect(idsOf(await list())).toEqual([sessionIdOf(own)]);
      await changeClient(service, client.id, { disabled: false, epoch: 1 });
      expect(idsOf(await list())).toEqual([sessionIdOf(own)]);
    });
  });

  describe('DELETE of one', () => {
    it('ends it at once, for access and refresh, and leaves the others', async () => {
      const other = await signIn();
      const third = await signIn();
      await expectAlive(other);
      const answer = await end(`/${sessionIdOf(other)}`);
      expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
      await expectEnded(other);
      await expectAlive(own);
      await expectAlive(third);
    });

    it('may be one’s own: a sign-out', async () => {
      expect((await end(`/${sessionIdOf(own)}`)).status).toBe(204);
      await expectEnded(own);
    });

    it('that has ended is 404, and writes no second line', async () => {
      const other = await signIn();
      const id = sessionIdOf(other);
      expect((await end(`/${id}`)).status).toBe(204);
      expect(await end(`/${id}`)).toMatchObject(NOT_FOUND);
      expect(await auditLog(service, id)).toHaveLength(1);
    });

    it('that has expired is 404: it is not in the list either', async () => {
      const id = sessionIdOf(await signIn());
      const rows: Repository<Session> = service.app.get(getRepositoryToken(Session));
      await rows.update({ id }, { expiresAt: service.clock.now() });
      expect(await end(`/${id}`)).toMatchObject(NOT_FOUND);
      expect(await auditLog(service, id)).toEqual([]);
    });

    it('of another user is 404, as one that is not there, and goes on', async () => {
      const alice = await openSession(service, { username: 'alice', password: 'secret2' });
      expect(await end(`/${sessionIdOf(alice)}`)).toMatchObject(NOT_FOUND);
      expect(await end(`/${NOBODYS}`)).toMatchObject(NOT_FOUND);
      await expectAlive(alice);
      expect(await auditLog(service, sessionIdOf(alice))).toEqual([]);
    });

    it.each(['nope', '%00', "'%20OR%20'1'='1", 'x'.repeat(200), '..%2F..'])(
      'with the id %s is 404',
      async (id) => {
        expect((await end(`/${id}`)).status).toBe(404);
        await expectAlive(own);
      },
    );
  });

  describe('DELETE of all others', () => {
    it('ends them at once, of every client, and keeps one’s own', async () => {
      const client = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password', 'refresh_token'],
        scopes: 'unrestricted',
      });
      const others = [await signIn(), await signIn()];
      const fields = { username, password: 'password', client_id: client.id };
      const ofClient = await openSession(service, fields);
      for (const pair of [...others, ofClient]) await expectAlive(pair);
      expect((await end()).status).toBe(204);
      for (const pair of others) await expectEnded(pair);
      expect(await statusOf(service, ofClient.access)).toBe(401);
      await expectAlive(own);
      expect(idsOf(await list())).toEqual([sessionIdOf(own)]);
      expect((await refresh(service, own.refresh)).status).toBe(200);
    });

    it('is 204 where there are none, and leaves other users alone', async () => {
      const alice = await openSession(service, { username: 'alice', password: 'secret2' });
      expect((await end()).status).toBe(204);
      await expectAlive(own);
      await expectAlive(alice);
    });
  });

  describe.each([
    ['GET', (token: string) => list('', token)],
    ['DELETE of one', (token: string) => end(`/${NOBODYS}`, token)],
    ['DELETE of all others', (token: string) => end('', token)],
  ])('%s is for a person at a client of our own', (_what, ask) => {
    it('without a token: 401', async () => {
      expect((await ask('')).status).toBe(401);
    });

    it('with the token of another application: 403', async () => {
      // Only a first-party client may have the password grant, so it ceases to be one.
      const { id } = await addClient(service, {
        confidential: false,
        firstParty: true,
        grants: ['password'],
        scopes: 'unrestricted',
      });
      const fields = { username, password: 'password', client_id: id };
      const { body } = await askToken(service.url, fields);
      await changeClient(service, id, { firstParty: false });
      const answer = await ask(body.access_token as string);
      expect(answer).toMatchObject({
        status: 403,
        body: { detail: 'This route needs a first-party token' },
      });
      expect(answer.headers.get('www-authenticate')).toBeNull();
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      await expectAlive(own);
    });

    it('with the token of a machine: 403', async () => {
      const { credentials } = await addClient(service);
      const machine = await askToken(
        service.url,
        { grant_type: 'client_credentials', username: undefined, password: undefined },
        credentials,
      );
      const answer = await ask(machine.body.access_token as string);
      expect(answer).toMatchObject({
        status: 403,
        body: { detail: "This route needs a user's token" },
      });
      expect(answer.headers.get('www-authenticate')).toBeNull();
    });

    it('with any scope, however narrow', async () => {
      const fields = { username, password: 'password', scope: 'tasks:read' };
      const narrow = await openSession(service, fields);
      expect([200, 204, 404]).toContain((await ask(narrow.access)).status);
    });
  });
});
