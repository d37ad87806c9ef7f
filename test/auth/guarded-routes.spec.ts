import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';

describe('a guarded route', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('opens with a bearer token', async () => {
    const token = await signIn(service.url);
    const answer = await call(`${service.url}/users/me`, { headers: bearer(token) });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ username: 'johndoe', role: 'admin', disabled: false });
  });
});
