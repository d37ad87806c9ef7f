import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../../src/auth/scopes.js';
import { type TestApp, startApp } from '../../support/app.js';
import { claimsOf } from '../../support/forge.js';
import { askToken, askTokenWith, INCORRECT, oauthError, usualScope } from '../../support/oauth.js';

const DEFAULTS = usualScope();
const ADMIN = Object.entries(SCOPES)
  .filter(([, { role }]) => role === 'admin')
  .map(([scope]) => scope);
const EVERY = [DEFAULTS, ...ADMIN].join(' ');
const ALICE = { username: 'alice', password: 'secret2' };

describe('scope at POST /token', () => {
  let service: TestApp;
  const token = (fields = {}) => askToken(service.url, fields);

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('keeps its contract, whatever is added: these usual ones in this order, these for administrators', async () => {
    const usual = ['profile', 'email', 'items:read', 'tasks:read', 'tasks:write'];
    const admin = ['users:read', 'users:write', 'clients:read', 'clients:write', 'audit:read'];
    const granted = (await token()).body.scope.split(' ') as string[];
    expect(granted.filter((scope) => usual.includes(scope))).toEqual(usual);
    expect(granted.filter((scope) => ['openid', ...ADMIN].includes(scope))).toEqual([]);
    expect(ADMIN).toEqual(expect.arrayContaining(admin));
  });

  it.each([
    ['none is named', {}],
    ['it is empty', { scope: '' }],
    ['a plain user names none', ALICE],
  ])(
    'is the usual one when %s: neither openid nor an administrator scope',
    async (_what, fields) => {
      expect((await token(fields)).body).toMatchObject({ scope: DEFAULTS });
    },
  );

  it.each([
    ['one scope', 'items:read', 'items:read'],
    ['openid by name', 'openid', 'openid'],
    [
      'openid and others, in the order asked',
      'tasks:read openid profile',
      'tasks:read openid profile',
    ],
    ['every scope of an administrator', EVERY, EVERY],
    ['a scope named twice, once', 'items:read items:read', 'items:read'],
    ['scopes with extra spaces between', ' items:read  tasks:read ', 'items:read tasks:read'],
  ])(
    'grants %s, and says so in the answer and the token (RFC 6749 §3.3)',
    async (_what, scope, granted) => {
      const { status, body } = await token({ scope });
      expect(status).toBe(200);
      expect(body.scope).toBe(granted);
      expect(claimsOf(body.access_token)['scope']).toBe(granted);
    },
  );

  it.each(['nope', 'items:read nope', 'Items:read', 'items', 'me', 'x'.repeat(64)])(
    'refuses the unknown %j and names it',
    async (scope) => {
      const unknown = scope.split(' ').at(-1) as string;
      const answer = await token({ scope });
      expect(answer).toMatchObject(oauthError(400, 'invalid_scope', new RegExp(unknown)));
    },
  );

  it.each([
    ['a quote', 'a"b'],
    ['a backslash', 'a\\b'],
    ['a tab', 'items:read\ttasks:read'],
    ['a line break', 'items:read\r\nset-cookie: a=b'],
    ['NUL', 'a\0b'],
    ['a non-ASCII character', 'é'],
    ['65 characters', 'x'.repeat(65)],
    ['60,000 characters', 'x'.repeat(60_000)],
  ])('refuses a scope with %s without repeating it (RFC 6749 §5.2)', async (_what, scope) => {
    const answer = await token({ scope });
    expect(answer).toMatchObject(
      oauthError(400, 'invalid_scope', /^[\x20\x21\x23-\x5b\x5d-\x7e]+$/),
    );
    expect(answer.body.detail.length).toBeLessThan(100);
    expect(answer.body.detail).not.toContain(scope);
  });

  it.each(ADMIN)('refuses %s to a plain user, after the password was right', async (scope) => {
    const answer = await token({ ...ALICE, scope });
    expect(answer).toMatchObject(oauthError(400, 'invalid_scope', new RegExp(scope)));
  });

  it.each([
    ['a wrong password', { ...ALICE, password: 'wrong' }],
    ['an unknown user', { username: 'nobody' }],
    ['a disabled user', { username: 'bob', password: 'secret3' }],
  ])(
    'never tells who is an administrator: with %s it is the ordinary 401',
    async (_what, fields) => {
      expect(await token({ ...fields, scope: 'users:read' })).toMatchObject(INCORRECT);
    },
  );

  it.each([
    ['tokens:introspect', 'secret'],
    ['tokens:introspect', 'wrong'],
    ['nope', 'wrong'],
  ])(
    'refuses %s, which this client may not have, whatever the password (%s)',
    async (scope, password) => {
      const answer = await token({ scope, password });
      expect(answer).toMatchObject(oauthError(400, 'invalid_scope', new RegExp(scope)));
    },
  );

  it('reads a plus sign as a space', async () => {
    const form = 'username=johndoe&password=secret&scope=items:read+tasks:read';
    const answer = await askTokenWith(service.url, form);
    expect(answer.body).toMatchObject({ scope: 'items:read tasks:read' });
  });

  it('counts a scope of nothing but spaces as not sent', async () => {
    expect((await token({ scope: '   ' })).body).toMatchObject({ scope: DEFAULTS });
  });
});
