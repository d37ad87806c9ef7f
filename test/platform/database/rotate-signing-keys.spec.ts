import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { SigningKey } from '../../../src/keys/signing-key.entity.js';
import type { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { migrateToBefore, undoToBefore } from '../../support/migrations.js';

const SUBJECT = 'RotateSigningKeys1794000000007';

describe('the migration that makes keys rotate', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;

  const rows = () => dataSource.getRepository(SigningKey).find({ order: { generation: 'ASC' } });
  const drift = async () => (await dataSource.driver.createSchemaBuilder().log()).upQueries;

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('lets a key of before sign from when it was made, and verify for the longest life that a token can have', async () => {
    await migrateToBefore(dataSource, SUBJECT);
    await dataSource.query(
      `INSERT INTO signing_keys (kid, algorithm, generation, public_jwk, encrypted_private_key, created_at)
       VALUES ('kid-1', 'ES256', 1, '{}', 'sealed', 1800000000)`,
    );
    await dataSource.runMigrations();
    expect(await drift()).toEqual([]);
    expect(await rows()).toEqual([
      {
        kid: 'kid-1',
        algorithm: 'ES256',
        generation: 1,
        publicJwk: '{}',
        encryptedPrivateKey: 'sealed',
        createdAt: 1_800_000_000,
        signsFrom: 1_800_000_000,
        longestTtlSeconds: 3600,
        revokedAt: null,
      },
    ]);
  });

  it('goes down without the keys that have no private part, and up again', async () => {
    await dataSource.runMigrations();
    await dataSource.getRepository(SigningKey).insert([key(1, null), key(2, 'sealed')]);
    await undoToBefore(dataSource, SUBJECT);
    const left: unknown = await dataSource.query('SELECT kid FROM signing_keys');
    expect(left).toEqual([{ kid: 'kid-2' }]);
    await dataSource.runMigrations();
    expect(await drift()).toEqual([]);
    expect((await rows()).map(({ kid }) => kid)).toEqual(['kid-2']);
  });
});

function key(generation: number, encryptedPrivateKey: string | null): SigningKey {
  return {
    kid: `kid-${generation}`,
    algorithm: 'ES256',
    generation,
    publicJwk: '{}',
    encryptedPrivateKey,
    createdAt: 1_800_000_000,
    signsFrom: 1_800_000_301,
    longestTtlSeconds: 900,
    revokedAt: null,
  };
}
