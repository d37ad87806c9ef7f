import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataSource } from '../../../src/data-source.js';
import { isForeignKeyViolation } from '../../../src/platform/database/foreign-key-violation.js';
import type { HallpassDataSource } from '../../../src/platform/database/hallpass-data-source.js';
import { PreparedInsert, type Row } from '../../../src/platform/database/prepared-insert.js';
import { isUniqueViolation } from '../../../src/platform/database/unique-violation.js';
import { AuthorizationCode } from '../../../src/tokens/authorization-code.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../../support/database.js';
import { userRow } from './user-row.js';

const ROW: Row<AuthorizationCode> = {
  codeHash: 'a'.repeat(64),
  clientId: 'calendar',
  clientEpoch: 3,
  userId: 'user-1',
  authEpoch: 0,
  redirectUri: "https://app.example/?name='; DROP TABLE users; --",
  redirectUriSent: true,
  codeChallenge: 'b'.repeat(43),
  scope: 'openid ☃',
  nonce: null,
  authTime: 1_800_000_000,
  sessionId: 'session-1',
  createdAt: 1_800_000_000,
  expiresAt: Number.MAX_SAFE_INTEGER,
  usedAt: null,
  replayedAt: null,
};

describe('a prepared insert', () => {
  let database: ThrowAwayDatabase;
  let dataSource: HallpassDataSource;
  let codes: PreparedInsert<AuthorizationCode>;

  const rows = () => dataSource.getRepository(AuthorizationCode).find();

  beforeEach(async () => {
    database = await throwAwayDatabase();
    dataSource = await createDataSource(database.url).initialize();
    await dataSource.runMigrations();
    await dataSource.getRepository(User).insert([userRow(1)]);
    codes = new PreparedInsert(dataSource.getRepository(AuthorizationCode));
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('stores a row as TypeORM reads it', async () => {
    await codes.run(ROW);
    await codes.run({ ...ROW, codeHash: 'c'.repeat(64), redirectUriSent: false, nonce: 'n' });
    const [first, second] = (await rows()).toSorted((a, b) => (a.codeHash < b.codeHash ? -1 : 1));
    expect(first).toEqual(ROW);
    expect(second).toMatchObject({ redirectUriSent: false, nonce: 'n' });
  });

  it('says which key is there already, and which is not; those that come with it are stored', async () => {
    const outcomes = await Promise.allSettled([
      codes.run(ROW),
      codes.run({ ...ROW, codeHash: 'd'.repeat(64) }),
      codes.run(ROW),
      codes.run({ ...ROW, codeHash: 'e'.repeat(64), userId: 'nobody' }),
      codes.run({ ...ROW, codeHash: 'f'.repeat(64) }),
    ]);
    const [, , twice, nobodys] = outcomes.map((one) => ('reason' in one ? one.reason : undefined));
    expect(isUniqueViolation(twice)).toBe(true);
    expect(isForeignKeyViolation(nobodys)).toBe(true);
    expect(await rows()).toHaveLength(3);
  });
});
