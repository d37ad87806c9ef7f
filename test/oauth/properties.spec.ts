import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';
import { askTokenWith } from '../support/oauth.js';
import { TOKEN_PARAMETERS } from '../../src/protocol/token-request.js';

const RUNS = { numRuns: 300 };
/** What fetch lets through in a header: Latin-1 without control characters. */
const headerText = fc
  .array(fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f))
  .map((codes) => String.fromCharCode(...codes));

describe('whatever is sent', () => {
  let service: TestApp;
  let token: string;
  const me = (authorization: string) =>
    call(`${service.url}/users/me`, { headers: { authorization } });

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  it('random bytes as a form are a 400 or a 401, never a 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (raw) => {
        const { status, body } = await askTokenWith(service.url, new Uint8Array(raw));
        expect([400, 401]).toContain(status);
        expect(body.error_description).toBe(body.detail);
      }),
      RUNS,
    );
  });

  it('random fields of a form are a 400 or a 401, never a 5xx', async () => {
    const name = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...TOKEN_PARAMETERS) },
      fc.string(),
    );
    const value = fc.oneof(
      fc.constantFrom('password', 'johndoe', 'hallpass', 'items:read', 'alice'),
      fc.string({ unit: 'binary' }),
    );
    const credentials = fc.constantFrom(
      '',
      'username=johndoe&password=wrong&',
      'username=a%00&password=b&',
    );
    await fc.assert(
      fc.asyncProperty(credentials, fc.array(fc.tuple(name, value)), async (start, pairs) => {
        const form = start + new URLSearchParams(pairs).toString();
        const { status } = await askTokenWith(service.url, form);
        expect([400, 401]).toContain(status);
      }),
      RUNS,
    );
  });

  it('random content types and forms are no 5xx', async () => {
    await fc.assert(
      fc.asyncProperty(headerText, async (type) => {
        const { status } = await askTokenWith(service.url, 'username=a&password=b', type);
        expect([400, 401]).toContain(status);
      }),
      RUNS,
    );
  });

  it('random Authorization headers are a 401 at a guarded route', async () => {
    const scheme = fc.constantFrom('', 'Bearer ', 'bearer  ', 'Basic ', 'Bearer e30.e30.');
    await fc.assert(
      fc.asyncProperty(scheme, headerText, async (start, rest) => {
        expect((await me(start + rest)).status).toBe(401);
      }),
      RUNS,
    );
  });

  it('random Authorization headers are no 5xx at the token endpoint', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'Basic ', 'Bearer '),
        headerText,
        async (start, rest) => {
          const answer = await call(`${service.url}/token`, {
            method: 'POST',
            headers: { authorization: start + rest },
            body: new URLSearchParams({ username: 'johndoe', password: 'wrong' }),
          });
          expect([400, 401]).toContain(answer.status);
        },
      ),
      RUNS,
    );
  });

  it('a token with any character changed, added or taken away is a 401', async () => {
    const put = fc.oneof(
      fc.constantFrom(...'ABab01-_.=+/', ''),
      fc.stringMatching(/^[\w.-]{1,8}$/),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length), fc.nat(3), put, async (at, taken, text) => {
        const mutated = token.slice(0, at) + text + token.slice(at + taken);
        if (mutated === token) return;
        const answer = await me(`Bearer ${mutated}`);
        expect(answer.status).toBe(401);
      }),
      RUNS,
    );
    expect((await call(`${service.url}/users/me`, { headers: bearer(token) })).status).toBe(200);
  });

  it('the parts of two tokens in any other order are a 401', async () => {
    const other = await signIn(service.url, 'alice', 'secret2');
    const issued = new Set([token, other]);
    const part = fc.constantFrom(...token.split('.'), ...other.split('.'));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const mixed = parts.join('.');
        const { status } = await me(`Bearer ${mixed}`);
        expect(status).toBe(issued.has(mixed) ? 200 : 401);
      }),
      RUNS,
    );
  });
});
