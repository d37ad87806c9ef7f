import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNUSABLE_HASH } from '../../src/users/hashes/kinds.js';
import type { ImportedAccount } from '../../src/users/moving/account-record.js';
import { UserImport } from '../../src/users/moving/user-import.js';
import { startApp, type TestApp } from '../support/app.js';

const ROUNDS = 5;
const ACCOUNTS = 500;

describe('two imports of the same accounts, in opposite orders', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ env: { LOG_LEVEL: 'silent' } });
  });
  afterAll(() => service.close());

  it('take in each account once, and neither fails', async () => {
    const imports = service.app.get(UserImport);
    for (let round = 0; round < ROUNDS; round++) {
      const accounts = Array.from({ length: ACCOUNTS }, (_, n) => accountOf(`r${round}-u${n}`));
      const taken = await Promise.all(
        [accounts, accounts.toReversed()].map((order) => imports.run(({ take }) => take(order))),
      );
      expect(taken.flat().filter((one) => one === null)).toHaveLength(ACCOUNTS);
    }
  }, 60_000); // PostgreSQL looks for a deadlock after a second
});

function accountOf(name: string): ImportedAccount {
  return {
    username: name,
    usernameKey: name,
    email: `${name}@example.com`,
    verifiedEmailKey: `${name}@example.com`,
    fullName: null,
    role: 'user',
    disabled: false,
    passwordHash: UNUSABLE_HASH,
  };
}
