import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { postForm } from '../../support/http.js';

/** Normalising this takes 400 ms: combining marks of two classes, to be put in order. */
const SLOW = `a${'\u0315'.repeat(4000)}${'\u0300'.repeat(4000)}`;

describe('POST /token with a text that is slow to normalise', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['password', { username: 'alice', password: SLOW }, 400],
    ['username', { username: SLOW, password: 'secret2' }, 401],
  ])('refuses the %s by its length, before it normalises', async (_what, form, status) => {
    const normalize = vi.spyOn(String.prototype, 'normalize');
    const answer = await postForm(`${service.url}/token`, form);
    const lengths = normalize.mock.contexts.map((text) => String(text).length);
    expect(answer.status).toBe(status);
    expect(Math.max(0, ...lengths)).toBeLessThan(1000);
  });
});
