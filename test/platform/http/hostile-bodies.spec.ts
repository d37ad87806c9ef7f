import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, signIn } from '../../support/http.js';

describe('a JSON body made to break the reader', () => {
  let service: TestApp;
  let token: string;

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  function post(body: string) {
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    return call(`${service.url}/tasks`, { method: 'POST', headers, body });
  }

  it.each([
    ['30,000 brackets', '['.repeat(30_000) + ']'.repeat(30_000)],
    ['30,000 brackets in a field', `{"title":${'['.repeat(30_000)}${']'.repeat(30_000)}}`],
    ['9,000 objects', `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`],
    ['9,000 objects in a field', `{"title":${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}}`],
  ])('is 400: %s', async (_what, body) => {
    const answer = await post(body);
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toBe('The body is nested too deep');
  });

  it('is 400 when it has more fields than any request, and is not answered field by field', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`f${i}`, 1]));
    const answer = await post(JSON.stringify(fields));
    expect(answer.status).toBe(400);
    expect(answer.text.length).toBeLessThan(500);
    const query = Object.keys(fields).slice(0, 1000).join('=1&');
    const asked = await call(`${service.url}/tasks?${query}`, {
      headers: bearer(token),
    });
    expect(asked.status).toBe(400);
  });

  it.each(['toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'])(
    'is 422 when it names %s, which every object inherits',
    async (name) => {
      const answer = await post(JSON.stringify({ title: 'x', [name]: 1 }));
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toEqual([
        { field: name, message: 'is not a field of this request' },
      ]);
    },
  );

  it.each([
    '{"title":"x","__proto__":{"done":true}}',
    '{"title":"x","constructor":{"prototype":{}}}',
  ])('is 400 when it reaches for a prototype: %s', async (body) => {
    expect((await post(body)).status).toBe(400);
  });
});
