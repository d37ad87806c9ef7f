import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashClientSecret, makeClientSecret } from '../../../src/clients/client-secret.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient } from '../../support/clients.js';
import { call, postForm } from '../../support/http.js';
import { basic, comparable, oauthError } from '../../support/oauth.js';

const FAILED = oauthError(401, 'invalid_client', 'Client authentication failed');
const ENDPOINTS = [
  ['/token', { grant_type: 'client_credentials' }],
  ['/revoke', { token: 'x' }],
  ['/introspect', { token: 'x' }],
] as const;

/** As RFC 6749 §2.3.1 has it: each part form-encoded, then joined. */
function formEncodedBasic(id: string, secret: string) {
  const encode = (text: string) => new URLSearchParams({ x: text }).toString().slice(2);
  return basic(`${encode(id)}:${encode(secret)}`);
}

describe.each(ENDPOINTS)('a confidential client at POST %s (RFC 6749 §2.3)', (path, form) => {
  let service: TestApp;
  const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    postForm(`${service.url}${path}`, { ...form, ...fields }, headers);

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('authenticates by Basic and by the form', async () => {
    const { id, secret, credentials } = await addClient(service);
    expect((await post({}, credentials)).status).toBe(200);
    expect((await post({ client_id: id, client_secret: secret })).status).toBe(200);
    expect((await post({ client_id: id }, credentials)).status).toBe(200);
    expect((await post({ client_id: '', client_secret: '' }, credentials)).status).toBe(200);
  });

  it.each([
    ['a colon', 'a:b'],
    ['a percent sign', '100%'],
    ['what looks like an encoding', 'a%3Ab%2B'],
    ['a plus', 'a+b'],
    ['a space', 'a b'],
    ['an é', 'caf\u00e9'],
    ['an e with its accent apart', 'cafe\u0301'],
    ['what is beyond the basic plane', '\u{1f511}'],
    ['an ampersand and an equals sign', 'a&client_id=b'],
    ['nothing but a colon', ':'],
  ])(
    'with %s in its secret by Basic, form-encoded first, and by the form',
    async (_what, secret) => {
      const { id } = await addClient(service, { secretHashes: [hashClientSecret(secret)] });
      expect((await post({}, formEncodedBasic(id, secret))).status).toBe(200);
      expect((await post({ client_id: id, client_secret: secret })).status).toBe(200);
    },
  );

  it('is not taken when its Basic is not form-encoded and that makes a difference', async () => {
    for (const secret of ['a+b', 'a%3Ab', '100%']) {
      const { id } = await addClient(service, { secretHashes: [hashClientSecret(secret)] });
      expect(await post({}, basic(`${id}:${secret}`))).toMatchObject(FAILED);
    }
  });

  it('with a colon in its id', async () => {
    const { id, secret } = await addClient(service, { id: `https://app.example/${path}` });
    expect((await post({}, formEncodedBasic(id, secret))).status).toBe(200);
    expect(await post({}, basic(`${id}:${secret}`))).toMatchObject(FAILED);
  });

  it('with an id as long as one may be', async () => {
    const { credentials } = await addClient(service, { id: path.at(1)?.repeat(64) ?? '' });
    expect((await post({}, credentials)).status).toBe(200);
  });

  it('has two valid secrets for as long as both are stored', async () => {
    const [older, newer] = [makeClientSecret(), makeClientSecret()];
    const secretHashes = [newer, older].map(hashClientSecret);
    const { id } = await addClient(service, { secretHashes });
    expect((await post({}, basic(`${id}:${older}`))).status).toBe(200);
    expect((await post({}, basic(`${id}:${newer}`))).status).toBe(200);
    await changeClient(service, id, { secretHashes: secretHashes.slice(0, 1) });
    expect(await post({}, basic(`${id}:${older}`))).toMatchObject(FAILED);
    expect((await post({}, basic(`${id}:${newer}`))).status).toBe(200);
  });

  it('without any valid secret is let in by none', async () => {
    const { id } = await addClient(service, { secretHashes: [] });
    for (const secret of ['', 'x', '0'.repeat(64), '\0'.repeat(32)]) {
      expect(await post({ client_id: id, client_secret: secret })).toMatchObject(FAILED);
    }
  });

  it('is not let in by the hash of its secret', async () => {
    const { id, secret } = await addClient(service);
    expect(await post({}, basic(`${id}:${hashClientSecret(secret)}`))).toMatchObject(FAILED);
  });

  it('is refused alike for every cause, with a Basic challenge (§5.2)', async () => {
    const { id, secret } = await addClient(service);
    const disabled = await addClient(service, { disabled: true });
    const wanting = await addClient(service, { secretHashes: [] });
    const refusals = [
      await post({}, basic('nobody:x')),
      await post({}, basic(`${id}:x`)),
      await post({}, basic(`${id}:`)),
      await post({}, basic(`${id}:${secret} `)),
      await post({}, basic(`${id.toUpperCase()}:${secret}`)),
      await post({}, disabled.credentials),
      await post({}, wanting.credentials),
      await post({}, { authorization: 'Basic ***' }),
      await post({ client_id: id }),
      await post({ client_id: id, client_secret: 'x' }),
      await post({ client_id: 'hallpass', client_secret: secret }),
      await post({ client_id: 'x'.repeat(65), client_secret: secret }),
      await post({ client_id: `${id}\0`, client_secret: secret }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject(FAILED);
      expect(refusal.headers.get('www-authenticate')).toBe('Basic realm="hallpass"');
      expect(comparable(refusal)).toEqual(comparable(refusals[0] as typeof refusal));
    }
  });

  it('is out at the next request after it was disabled, and in again after', async () => {
    const { id, credentials } = await addClient(service);
    expect((await post({}, credentials)).status).toBe(200);
    await changeClient(service, id, { disabled: true });
    expect(await post({}, credentials)).toMatchObject(FAILED);
    await changeClient(service, id, { disabled: false });
    expect((await post({}, credentials)).status).toBe(200);
  });

  it('never authenticates by the query string (§2.3.1)', async () => {
    const { id, secret } = await addClient(service);
    const query = new URLSearchParams({ client_id: id, client_secret: secret }).toString();
    const answer = await call(`${service.url}${path}?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form as Record<string, string>),
    });
    expect(answer).toMatchObject(oauthError(400, 'invalid_request', /client_id/));
    expect(answer.text).not.toContain(secret);
  });
});
