import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';

describe('the items of the tutorial', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('GET /items shows each person their own', async () => {
    for (const [username, password] of [
      ['johndoe', 'secret'],
      ['alice', 'secret2'],
    ] as const) {
      const headers = bearer(await signIn(service.url, username, password));
      const answer = await call(`${service.url}/items`, { headers });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual([{ item_id: 'Foo', owner: username }]);
    }
  });

  it('GET /items/secret shows the token that opened it', async () => {
    const token = await signIn(service.url);
    const answer = await call(`${service.url}/items/secret`, { headers: bearer(token) });
    expect(answer.body).toEqual({ message: 'This is a protected route!', token });
  });
});

describe('EXAMPLES=off', () => {
  it('leaves the examples out, of the API and of the docs', async () => {
    const service = await startApp({ env: { EXAMPLES: 'off' } });
    const headers = bearer(await signIn(service.url));
    for (const path of ['/items', '/items/secret', '/tasks', '/tasks/1']) {
      expect((await call(`${service.url}${path}`, { headers })).status, path).toBe(404);
      expect((await call(`${service.url}${path}`, { method: 'PUT', headers })).status).toBe(404);
    }
    expect((await call(`${service.url}/users/me`, { headers })).status).toBe(200);
    expect((await call(`${service.url}/openapi.json`)).text).not.toMatch(/\/tasks|\/items/);
    await service.close();
  });
});
