import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, sendJson, signIn } from '../../support/http.js';

describe('signing in with a username and a password', () => {
  let service: TestApp;
  const me = (token: string) => call(`${service.url}/users/me`, { headers: bearer(token) });

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('opens the API until the token expires, and signing in again opens it again', async () => {
    const first = await signIn(service.url, 'alice', 'secret2');
    expect((await me(first)).body).toMatchObject({ username: 'alice', role: 'user' });
    const task = await sendJson(
      `${service.url}/tasks`,
      'POST',
      { title: 'Water the plants' },
      first,
    );
    expect(task.status).toBe(201);

    service.clock.forward({ seconds: 890 });
    expect((await me(first)).status).toBe(200);

    service.clock.forward({ seconds: 10 }); // exp has no leeway
    const expired = await me(first);
    expect(expired.status).toBe(401);
    expect(expired.headers.get('www-authenticate')).toContain('error="invalid_token"');

    const second = await signIn(service.url, 'alice', 'secret2');
    expect((await me(second)).status).toBe(200);
    expect((await me(first)).status).toBe(401);
    const tasks = await call(`${service.url}/tasks`, { headers: bearer(second) });
    expect(tasks.body.items).toEqual([task.body]);
  });

  it('on two devices opens two sessions that do not disturb each other', async () => {
    const phone = await signIn(service.url, 'alice', 'secret2', 'tasks:read');
    const laptop = await signIn(service.url, 'alice', 'secret2');
    const create = (token: string) =>
      sendJson(`${service.url}/tasks`, 'POST', { title: 'x' }, token);
    expect((await create(phone)).status).toBe(403);
    expect((await create(laptop)).status).toBe(201);
    expect((await me(phone)).status).toBe(200);
  });

  it('lasts as long as ACCESS_TOKEN_TTL_SECONDS says, and the answer says so', async () => {
    const { expires_in } = (
      await call(`${service.url}/token`, {
        method: 'POST',
        body: new URLSearchParams({ username: 'alice', password: 'secret2' }),
      })
    ).body;
    expect(expires_in).toBe(service.settings.ACCESS_TOKEN_TTL_SECONDS);
  });
});
