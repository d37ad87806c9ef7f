import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeyWatch } from '../../src/keys/key-watch.js';
import { KeyStore } from '../../src/keys/key-store.js';
import { Keys } from '../../src/keys/keys.js';
import { Rotation } from '../../src/keys/rotation.js';
import { SigningKey } from '../../src/keys/signing-key.entity.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import { startApp, type TestApp } from '../support/app.js';
import { claimsOf, forge, headerOf } from '../support/forge.js';
import { bearer, call, signIn } from '../support/http.js';

describe('tokens and the rotation of their keys', () => {
  let service: TestApp;

  const me = async (token: string) =>
    (await call(`${service.url}/users/me`, { headers: bearer(token) })).status;
  const jwks = async () => {
    const { headers, body } = await call(`${service.url}/.well-known/jwks.json`);
    expect(headers.get('cache-control')).toBe('public, max-age=300');
    return (body as { keys: { kid: string; alg: string }[] }).keys
      .filter(({ alg }) => alg === 'ES256')
      .map(({ kid }) => kid);
  };
  const rotate = () => service.app.get(Rotation).rotate(OPERATOR);
  const pass = (seconds: number) => service.clock.forward({ seconds });
  const untilSigning = ({ signsFrom }: { signsFrom: number }) =>
    pass(signsFrom - service.clock.now());

  beforeEach(async () => {
    service = await startApp();
  });
  afterEach(() => service.close());

  it('a token of a retired key is good for its whole life, and the key then refused whatever a token says', async () => {
    service.clock.stop(); // at the edge of a second, what a busy machine took would decide
    const first = await signIn(service.url);
    const old = headerOf(first)['kid'];
    const made = await rotate();
    expect(await jwks()).toEqual([made.kid, old]);
    expect(headerOf(await signIn(service.url))['kid']).toBe(old);

    pass(made.signsFrom - service.clock.now() - 1);
    const last = await signIn(service.url);
    expect(headerOf(last)['kid']).toBe(old);
    // What a thief of the old key could make: a token that outlives it.
    const { signWith: key } = service.app.get(Keys).current;
    const exp = service.clock.now() + 90_000;
    const endless = forge(service, last, { key, claims: { exp } });
    pass(1);
    const next = await signIn(service.url);
    expect(headerOf(next)['kid']).toBe(made.kid);
    expect(await me(first)).toBe(200);

    pass(898);
    expect(claimsOf(last)['exp']).toBeGreaterThan(service.clock.now());
    expect([await me(last), await me(next)]).toEqual([200, 200]);
    expect(await me(endless)).toBe(200); // so that it is remembered
    pass(7);
    await service.app.get(KeyWatch).tend();
    expect(await me(endless)).toBe(401);
    expect(await jwks()).toEqual([made.kid]);
    const rows = service.app.get<Repository<SigningKey>>(getRepositoryToken(SigningKey));
    const where = { algorithm: 'ES256' } as const;
    const privateParts = await rows.find({ where, order: { generation: 'ASC' } });
    expect(privateParts.map(({ encryptedPrivateKey }) => encryptedPrivateKey)).toEqual([
      null,
      expect.any(String),
    ]);
    expect(await me(await signIn(service.url))).toBe(200);
  });

  it('a revoked key takes its tokens with it on the next request, remembered ones too', async () => {
    untilSigning(await rotate());
    const token = await signIn(service.url);
    expect(await me(token)).toBe(200); // so that it is remembered
    const kid = String(headerOf(token)['kid']);
    const replacement = await service.app.get(Rotation).revoke(kid, OPERATOR);
    expect(await me(token)).toBe(401);
    expect(await jwks()).not.toContain(kid);
    const fresh = await signIn(service.url);
    expect(headerOf(fresh)['kid']).toBe(replacement?.kid);
    expect(await me(fresh)).toBe(200);
  });

  it('a key that waited while the signing one was revoked is refused with it, as a thief may have both', async () => {
    const token = await signIn(service.url);
    const { kid } = await rotate();
    const rows = service.app.get<Repository<SigningKey>>(getRepositoryToken(SigningKey));
    const key = service.app.get(KeyStore).privateKey(await rows.findOneByOrFail({ kid }));
    const stolen = forge(service, token, { key, header: { kid } });
    expect(await me(stolen)).toBe(200); // so that it is remembered
    const replacement = await service.app
      .get(Rotation)
      .revoke(String(headerOf(token)['kid']), OPERATOR);
    expect([await me(token), await me(stolen)]).toEqual([401, 401]);
    expect(await jwks()).toEqual([replacement?.kid]);
    await service.app.get(KeyWatch).tend();
    expect((await rows.findOneByOrFail({ kid })).encryptedPrivateKey).toBeNull();
    expect(headerOf(await signIn(service.url))['kid']).toBe(replacement?.kid);
  });

  it('a key that another process revoked is refused once its news is read', async () => {
    const token = await signIn(service.url);
    expect(await me(token)).toBe(200);
    const kid = String(headerOf(token)['kid']);
    const rows = service.app.get<Repository<SigningKey>>(getRepositoryToken(SigningKey));
    await rows.update({ kid }, { revokedAt: service.clock.now(), encryptedPrivateKey: null });
    await service.app.get(Keys).refresh();
    expect(await me(token)).toBe(401);
  });

  it('keeps its keys while the database does not answer, and says so once', async () => {
    const token = await signIn(service.url);
    const rows = service.app.get<Repository<SigningKey>>(getRepositoryToken(SigningKey));
    const lost = Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' });
    const find = vi.spyOn(rows, 'find').mockRejectedValue(lost);
    await vi.waitFor(() => expect(find.mock.calls.length).toBeGreaterThan(2), { timeout: 5000 });
    expect(await me(token)).toBe(200);
    expect(service.app.get(Keys).ready).toBe(true);
    const complaints = () => service.log().match(/"context":"Keys"/g) ?? [];
    expect(complaints()).toHaveLength(1);
    find.mockRestore();
    await vi.waitFor(() => expect(service.log()).toContain('can be read again'), { timeout: 5000 });
    expect(complaints()).toHaveLength(2);
  });
});
