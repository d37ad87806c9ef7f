import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, signIn } from '../../support/http.js';
import { askToken, oauthError } from '../../support/oauth.js';

describe('POST /token while the password workers are busy', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ env: { PASSWORD_COST: '10' } });
  });
  afterAll(() => service.close());

  it('refuses what does not fit the queue with 503 and Retry-After, serves the rest, and recovers', async () => {
    const token = await signIn(service.url);
    const all = Promise.all(Array.from({ length: 200 }, () => askToken(service.url)));
    const meanwhile = await call(`${service.url}/users/me`, { headers: bearer(token) });
    const answers = await all;
    const refused = answers.filter(({ status }) => status !== 200);

    expect(meanwhile.status).toBe(200);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(32);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect(answer).toMatchObject(oauthError(503, 'temporarily_unavailable', /\S/));
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    expect((await askToken(service.url)).status).toBe(200);
  }, 60_000);
});
