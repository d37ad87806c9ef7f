import { createPublicKey, sign, verify } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { KeyMaker } from '../../src/keys/key-maker.js';
import { ASYMMETRIC_ALGORITHMS } from '../../src/keys/key-pair.js';
import type { Keys } from '../../src/keys/keys.js';
import { SigningKey } from '../../src/keys/signing-key.entity.js';
import type { HallpassDataSource } from '../../src/platform/database/hallpass-data-source.js';
import type { Settings } from '../../src/platform/settings/settings.js';
import { TEST_SECRET } from '../support/app.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { bootKeys } from '../support/keys.js';

const OTHER_SECRET = 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE';

describe('Keys', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function boot(env: Record<string, string> = {}): Promise<Keys> {
    return (await bootKeys(dataSource, env)).keys;
  }

  it.each(ASYMMETRIC_ALGORITHMS)(
    'makes one key of each algorithm when several start together, and all sign with them: %s',
    async (TOKEN_ALGORITHM) => {
      const starting = await Promise.all(
        Array.from({ length: 5 }, () => boot({ TOKEN_ALGORITHM })),
      );
      const later = await boot({ TOKEN_ALGORITHM });
      for (const algorithm of ASYMMETRIC_ALGORITHMS) {
        expect(await dataSource.getRepository(SigningKey).countBy({ algorithm })).toBe(1);
        const { kid } = later.currentOf(algorithm);
        expect(starting.map((keys) => keys.currentOf(algorithm).kid)).toEqual(Array(5).fill(kid));
      }
      expect(later.current.kid).toBe(later.currentOf(TOKEN_ALGORITHM).kid);
    },
  );

  it.each([
    ['RS256', 3072],
    ['ES256', 2048],
    ['HS256', 2048],
  ] as const)('with TOKEN_ALGORITHM=%s makes RS256 keys of %i bits', async (algorithm, bits) => {
    const maker = new KeyMaker({ TOKEN_ALGORITHM: algorithm } as Settings);
    const { publicJwk, privateKey } = await maker.make('RS256');
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(bits);
    expect(publicJwk).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig' });
  });

  it('verifies access tokens with keys of TOKEN_ALGORITHM alone', async () => {
    const [es, rs] = [await boot(), await boot({ TOKEN_ALGORITHM: 'RS256' })];
    expect(es.verificationKey(es.currentOf('ES256').kid)).toBeDefined();
    expect(es.verificationKey(es.currentOf('RS256').kid)).toBeUndefined();
    expect(rs.verificationKey(rs.currentOf('ES256').kid)).toBeUndefined();
    expect(rs.verificationKey(rs.currentOf('RS256').kid)).toBeDefined();
  });

  it('publishes the public halves alone, under the thumbprint as kid (RFC 7638)', async () => {
    const keys = await boot();
    expect(keys.jwks.keys.map((jwk) => Object.keys(jwk).toSorted())).toEqual([
      ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ]);
    expect(keys.jwks.keys.map(({ kid }) => kid)).toEqual([
      keys.current.kid,
      keys.currentOf('RS256').kid,
    ]);
    for (const jwk of keys.jwks.keys) {
      expect(createPublicKey({ key: jwk, format: 'jwk' }).type).toBe('public');
      expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
    }
  });

  it('publishes no secret with HS256 but the keys of id_tokens, and takes a comma list of secrets', async () => {
    const first = 'hs256-only-Qz7vX2mK9pLw4RtB8nYc3D';
    const second = 'hs256-only-jH4gK8sWq1Zx6VbN0mTy5R';
    const keys = await boot({ TOKEN_ALGORITHM: 'HS256', JWT_SECRET: `${first},${second}` });
    const old = await boot({ TOKEN_ALGORITHM: 'HS256', JWT_SECRET: second });
    expect(keys.jwks.keys.map(({ alg }) => alg)).toEqual(['ES256', 'RS256']);
    expect(keys.jwks).toEqual((await boot()).jwks);
    expect(keys.current.kid).not.toBe(old.current.kid);
    expect(keys.verificationKey(old.current.kid)).toBeDefined();
    expect(JSON.stringify([keys.current.kid, old.current.kid])).not.toContain('hs256');
  });

  it('keeps the private half encrypted: no plain DER, PEM or JWK in the row', async () => {
    const { current } = await boot();
    const row = await dataSource.getRepository(SigningKey).findOneByOrFail({ kid: current.kid });
    const { d } = current.signWith.export({ format: 'jwk' });
    const secretBytes = Buffer.from(d ?? '', 'base64url');
    const sealed = Buffer.from(row.encryptedPrivateKey ?? '', 'base64');
    expect(sealed.includes(secretBytes)).toBe(false);
    expect(JSON.stringify(row)).not.toContain(d);
  });

  it('stops the boot, naming the remedy, when no listed secret opens a stored key, and replaces nothing', async () => {
    const { current } = await boot();
    await expect(boot({ AUTH_SECRET: OTHER_SECRET })).rejects.toThrow(/AUTH_SECRET=new,old/);
    expect((await boot()).current.kid).toBe(current.kid);
  });

  it('moves stored keys under the first secret of new,old, so that the old one can go', async () => {
    const { current } = await boot();
    await boot({ AUTH_SECRET: `${OTHER_SECRET},${TEST_SECRET}` });
    expect((await boot({ AUTH_SECRET: OTHER_SECRET })).current.kid).toBe(current.kid);
    await boot({ AUTH_SECRET: `${TEST_SECRET},${OTHER_SECRET}` });
  });

  it("refuses a row whose sealed key is another row's", async () => {
    const rows = dataSource.getRepository(SigningKey);
    const { current: es } = await boot();
    const { current: rs } = await boot({ TOKEN_ALGORITHM: 'RS256' });
    const [esRow, rsRow] = [
      await rows.findOneByOrFail({ kid: es.kid }),
      await rows.findOneByOrFail({ kid: rs.kid }),
    ];
    const swap = (encryptedPrivateKey: string | null) =>
      rows.update({ kid: es.kid }, { encryptedPrivateKey });
    await swap(rsRow.encryptedPrivateKey);
    await expect(boot()).rejects.toThrow(es.kid);
    await swap(esRow.encryptedPrivateKey);
  });

  it('signs what the published half verifies', async () => {
    const keys = await boot();
    const data = Buffer.from('header.payload');
    const options = { key: keys.current.signWith, dsaEncoding: 'ieee-p1363' as const };
    const publicKey = createPublicKey({ key: keys.jwks.keys[0] as never, format: 'jwk' });
    const signature = sign('sha256', data, options);
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(
      true,
    );
  });
});
