import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Consents } from '../../src/consents/consents.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient, type TestClient } from '../support/clients.js';
import { type Answer, bearer, call } from '../support/http.js';
import { PASSWORD, somebody } from '../support/people.js';
import {
  deedsAbout,
  INVALID_REFRESH_TOKEN,
  openSession,
  type Pair,
  refresh,
  statusOf,
} from '../support/refresh.js';

const NOT_FOUND = { status: 404, body: { detail: 'Consent not found', status: 404 } };

describe('/users/me/consents', () => {
  let service: TestApp;
  let user: User;
  let own: Pair;

  const list = (query = '', token = own.access) =>
    call(`${service.url}/users/me/consents${query}`, { headers: bearer(token) });
  const withdraw = (clientId: string, token = own.access) =>
    call(`${service.url}/users/me/consents/${clientId}`, {
      method: 'DELETE',
      headers: bearer(token),
    });
  const give = (client: { id: string }, scope = ['openid'], { id } = user) =>
    service.app.get(Consents).give(id, client, scope, OPERATOR);
  const idsOf = ({ body }: Answer) =>
    (body.items as { client_id: string }[]).map(({ client_id }) => client_id);
  const signInAt = ({ id }: TestClient, { username } = user) =>
    openSession(service, { username, password: PASSWORD, client_id: id });
  /** With a grant by which a test gets tokens; only such a client may have it. */
  const addApplication = () =>
    addClient(service, {
      confidential: false,
      firstParty: true,
      grants: ['password', 'refresh_token'],
      scopes: 'unrestricted',
    });

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service);
    own = await openSession(service, { username: user.username, password: PASSWORD });
  });
  afterAll(() => service.close());

  it('shows of each what the contract lists, and nothing else', async () => {
    const client = await addClient(service, { name: 'Recipes' });
    await give(client, ['openid', 'tasks:read']);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/) as string;
    expect(await list()).toMatchObject({
      status: 200,
      body: {
        items: [
          {
            client_id: client.id,
            client_name: 'Recipes',
            scope: 'openid tasks:read',
            created_at: time,
            updated_at: time,
          },
        ],
        next: null,
      },
    });
    const names = Object.keys((await list()).body.items[0] as object);
    expect(names).toEqual(['client_id', 'client_name', 'scope', 'created_at', 'updated_at']);
  });

  it('comes in pages that overlap nowhere and miss nothing', async () => {
    const clients: TestClient[] = [];
    for (let i = 0; i < 5; i += 1) clients.push(await addClient(service));
    for (const client of clients.toReversed()) await give(client);
    const seen: string[] = [];
    let query = '?limit=2';
    for (let page = 0; page < 3; page += 1) {
      const answer = await list(query);
      seen.push(...idsOf(answer));
      expect(idsOf(answer)).toHaveLength(page < 2 ? 2 : 1);
      query = `?limit=2&cursor=${String(answer.body.next)}`;
    }
    expect(query).toBe('?limit=2&cursor=null');
    expect(seen).toEqual(clients.map(({ id }) => id).toReversed());
  });

  it.each(['?limit=0', '?limit=101', '?cursor=x', '?user=alice'])(
    'refuses %s: 422',
    async (query) => {
      expect((await list(query)).status).toBe(422);
    },
  );

  it('shows an application that is disabled, whose consent can be withdrawn too', async () => {
    const client = await addClient(service);
    await give(client);
    await changeClient(service, client.id, { disabled: true });
    expect(idsOf(await list())).toEqual([client.id]);
    expect((await withdraw(client.id)).status).toBe(204);
  });

  it('withdraws one: its tokens end at once, those of others go on', async () => {
    const [client, other] = [await addApplication(), await addApplication()];
    const [ended, kept] = [await signInAt(client), await signInAt(other)];
    await give(client);
    await give(other);
    expect(await statusOf(service, ended.access)).toBe(200);
    const answer = await withdraw(client.id);
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
    expect(await statusOf(service, ended.access)).toBe(401);
    const fields = { client_id: client.id };
    expect(await refresh(service, ended.refresh, fields)).toMatchObject(INVALID_REFRESH_TOKEN);
    expect(await statusOf(service, kept.access)).toBe(200);
    expect(await statusOf(service, own.access)).toBe(200);
    expect(idsOf(await list())).toEqual([other.id]);
  });

  it('withdraws it once: then it is 404, and nothing is written down', async () => {
    const client = await addClient(service);
    await give(client);
    expect((await withdraw(client.id)).status).toBe(204);
    const deeds = await deedsAbout(service, user);
    expect(await withdraw(client.id)).toMatchObject(NOT_FOUND);
    expect(await deedsAbout(service, user)).toEqual(deeds);
    expect(deeds.at(-1)).toMatchObject({
      event: 'consent.withdrawn',
      actor: `user:${user.id}`,
      subject: `client:${client.id}`,
    });
  });

  it('knows nothing of another person’s, and leaves it alone', async () => {
    const client = await addApplication();
    const stranger = await somebody(service);
    const theirs = await signInAt(client, stranger);
    const mine = await signInAt(client);
    await give(client, ['openid'], stranger);
    expect(idsOf(await list())).toEqual([]);
    expect(await withdraw(client.id)).toMatchObject(NOT_FOUND);
    await give(client);
    expect((await withdraw(client.id)).status).toBe(204);
    expect(await statusOf(service, mine.access)).toBe(401);
    expect(await statusOf(service, theirs.access)).toBe(200);
    expect(await service.app.get(Consents).exists(stranger.id, client.id)).toBe(true);
  });

  it('has none for our own applications, which nobody is asked about', async () => {
    expect(await withdraw('hallpass')).toMatchObject(NOT_FOUND);
    expect(await statusOf(service, own.access)).toBe(200);
  });

  it.each(['nope', '%00', "'%20OR%20'1'='1", 'x'.repeat(200), '..%2F..'])(
    'with the id %s is 404',
    async (id) => {
      expect((await withdraw(id)).status).toBe(404);
    },
  );

  describe.each([
    ['GET', (token: string) => list('', token)],
    ['DELETE', (token: string) => withdraw('hallpass', token)],
  ])('%s is for a person at a client of our own', (_what, ask) => {
    it('without a token: 401', async () => {
      expect((await ask('')).status).toBe(401);
    });

    it('with the token of another application: 403', async () => {
      const client = await addApplication();
      const { access } = await signInAt(client);
      await changeClient(service, client.id, { firstParty: false });
      expect(await ask(access)).toMatchObject({
        status: 403,
        body: { detail: 'This route needs a first-party token' },
      });
    });
  });
});
