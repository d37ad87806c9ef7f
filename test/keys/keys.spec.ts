import { createPublicKey, sign, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataSource } from '../../src/data-source.js';
import { Keys } from '../../src/keys/keys.js';
import { SigningKey } from '../../src/keys/signing-key.entity.js';
import { Clock } from '../../src/platform/clock.js';
import type { HallpassDataSource } from '../../src/platform/database/hallpass-data-source.js';
import { DerivedKeys } from '../../src/platform/settings/derived-keys.js';
import { loadSettings } from '../../src/platform/settings/load-settings.js';
import { TEST_SECRET } from '../support/app.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';

const OTHER_SECRET = 'test-only-jH4gK8sWq1Zx6VbN0mTy5RfE';

describe('Keys', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  beforeAll(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  async function boot(env: Record<string, string> = {}): Promise<Keys> {
    const settings = loadSettings({ NODE_ENV: 'test', AUTH_SECRET: TEST_SECRET, ...env });
    const rows = dataSource.getRepository(SigningKey);
    const keys = new Keys(rows, settings, new DerivedKeys(settings), new Clock());
    await keys.onModuleInit();
    return keys;
  }

  it.each(['ES256', 'RS256'])(
    'makes one %s key when several start together, and all sign with it',
    async (TOKEN_ALGORITHM) => {
      const starting = await Promise.all(
        Array.from({ length: 5 }, () => boot({ TOKEN_ALGORITHM })),
      );
      expect(new Set(starting.map((keys) => keys.current.kid)).size).toBe(1);
      const algorithm = TOKEN_ALGORITHM;
      expect(await dataSource.getRepository(SigningKey).countBy({ algorithm })).toBe(1);
      expect((await boot({ TOKEN_ALGORITHM })).current.kid).toBe(starting[0]?.current.kid);
    },
  );

  it('makes RS256 keys of 3072 bits', async () => {
    const { current } = await boot({ TOKEN_ALGORITHM: 'RS256' });
    expect(current.verifyWith.asymmetricKeyDetails?.modulusLength).toBe(3072);
  });

  it('publishes the public half alone, under the thumbprint as kid (RFC 7638)', async () => {
    const keys = await boot();
    const [jwk] = keys.jwks.keys;
    expect(Object.keys(jwk ?? {}).toSorted()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ]);
    expect(jwk?.kid).toBe(keys.current.kid);
    expect(createPublicKey({ key: jwk as never, format: 'jwk' }).type).toBe('public');
  });

  it('publishes nothing with HS256, and takes a comma list of secrets', async () => {
    const first = 'hs256-only-Qz7vX2mK9pLw4RtB8nYc3D';
    const second = 'hs256-only-jH4gK8sWq1Zx6VbN0mTy5R';
    const keys = await boot({ TOKEN_ALGORITHM: 'HS256', JWT_SECRET: `${first},${second}` });
    const old = await boot({ TOKEN_ALGORITHM: 'HS256', JWT_SECRET: second });
    expect(keys.jwks).toEqual({ keys: [] });
    expect(keys.current.kid).not.toBe(old.current.kid);
    expect(keys.verificationKey(old.current.kid)).toBeDefined();
    expect(JSON.stringify([keys.current.kid, old.current.kid])).not.toContain('hs256');
  });

  it('keeps the private half encrypted: no plain DER, PEM or JWK in the row', async () => {
    const { current } = await boot();
    const row = await dataSource.getRepository(SigningKey).findOneByOrFail({ kid: current.kid });
    const { d } = current.signWith.export({ format: 'jwk' });
    const secretBytes = Buffer.from(d ?? '', 'base64url');
    const sealed = Buffer.from(row.encryptedPrivateKey, 'base64');
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
    const swap = (encryptedPrivateKey: string) =>
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
