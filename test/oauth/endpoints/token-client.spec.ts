import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestApp, startApp } from '../../support/app.js';
import { askToken, basic, comparable, oauthError } from '../../support/oauth.js';
import { rawToken } from '../../support/raw.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');
const GOOD = 'username=johndoe&password=secret';

describe('the client at POST /token', () => {
  let service: TestApp;
  const token = (fields = {}, headers = {}) => askToken(service.url, fields, headers);

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['no client named', {}, {}],
    ['client_id=hallpass', { client_id: 'hallpass' }, {}],
    ['an empty client_id', { client_id: '' }, {}],
    ['an empty client_id and client_secret', { client_id: '', client_secret: '' }, {}],
    [
      'client_id=hallpass with an empty client_secret',
      { client_id: 'hallpass', client_secret: '' },
      {},
    ],
    ["Swagger UI's empty Basic, Og==", {}, { authorization: 'Basic Og==' }],
    ['Og== beside client_id=hallpass', { client_id: 'hallpass' }, { authorization: 'Basic Og==' }],
    ['Basic with an empty secret', {}, basic('hallpass:')],
    ['Basic and an equal client_id', { client_id: 'hallpass' }, basic('hallpass:')],
    ['Basic with a form-encoded id', {}, basic('hall%70ass:')],
    [
      'the scheme in another case',
      {},
      { authorization: basic('hallpass:').authorization.replace('Basic', 'bAsIc') },
    ],
    ['two spaces after the scheme', {}, { authorization: 'Basic  Og==' }],
    ['another scheme', {}, { authorization: 'Digest username="x"' }],
  ])('%s is the built-in public client (RFC 6749 §2.3)', async (_what, fields, headers) => {
    expect((await token(fields, headers)).status).toBe(200);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['an unknown client_id', { client_id: 'nobody' }, {}],
    ['client_id in another case', { client_id: 'Hallpass' }, {}],
    ['an unknown client with a secret', { client_id: 'nobody', client_secret: 'x' }, {}],
    ['a secret for the public client', { client_id: 'hallpass', client_secret: 'x' }, {}],
    ['an unknown client in Basic', {}, basic('nobody:')],
    ['a secret for the public client in Basic', {}, basic('hallpass:x')],
    ['Basic with a secret and no id', {}, basic(':x')],
    ['Basic that is not base64', {}, { authorization: 'Basic ***' }],
    ['Basic that is base64url', {}, { authorization: 'Basic aGFsbHBhc3M_' }],
    ['Basic without a colon', {}, basic('hallpass')],
    ['Basic without credentials', {}, { authorization: 'Basic' }],
    ['Basic with broken percent-encoding', {}, basic('%zz:')],
    ['Basic that is not UTF-8', {}, { authorization: 'Basic /zo=' }],
    ['Basic with two words', {}, { authorization: 'Basic Og== Og==' }],
    ['a client_id with NUL', { client_id: 'hallpass\0' }, {}],
  ])(
    '%s is 401 invalid_client with a Basic challenge (RFC 6749 §5.2)',
    async (_what, fields, headers) => {
      const answer = await token(fields, headers);
      expect(answer).toMatchObject(FAILED);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
    },
  );

  it('answers every cause alike', async () => {
    const unknown = await token({ client_id: 'nobody' });
    const secret = await token({ client_id: 'hallpass', client_secret: 'x' });
    const malformed = await token({}, { authorization: 'Basic ***' });
    expect(comparable(secret)).toEqual(comparable(unknown));
    expect(comparable(malformed)).toEqual(comparable(unknown));
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['Basic and another client_id', { client_id: 'other' }, basic('hallpass:')],
    ['Basic and a client_secret', { client_secret: 'x' }, basic('hallpass:')],
    ['Basic and both', { client_id: 'hallpass', client_secret: 'x' }, basic('hallpass:')],
    ['Basic and the same credentials again', { client_id: 'a', client_secret: 'x' }, basic('a:x')],
  ])(
    '%s are two ways at once: 400 invalid_request (RFC 6749 §2.3)',
    async (_what, fields, headers) => {
      expect(await token(fields, headers)).toMatchObject(
        oauthError(400, 'invalid_request', /one way/),
      );
    },
  );

  it('a client_secret without a client_id is 400 and names client_id', async () => {
    const answer = await token({ client_secret: 'x' });
    expect(answer).toMatchObject(oauthError(400, 'invalid_request', /client_id/));
  });

  it.each([
    ['the same twice', 'Basic Og==', 'Basic Og=='],
    ['two schemes', 'Bearer x', `Basic Og==`],
  ])('two Authorization headers, %s, are 400 invalid_request', async (_what, one, other) => {
    const headers = [`Authorization: ${one}`, `authorization: ${other}`];
    const answer = await rawToken(service.url, GOOD, headers);
    expect(answer).toMatchObject(oauthError(400, 'invalid_request', /Authorization/));
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('a bad client is refused before the password is looked at', async () => {
    expect(await token({ client_id: 'nobody', password: 'wrong' })).toMatchObject(FAILED);
  });
});
