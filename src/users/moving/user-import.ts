import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, Not, type QueryRunner } from 'typeorm';
import { Clock } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import { UNUSABLE_HASH } from '../hashes/kinds.js';
import { User } from '../user.entity.js';
import type { ImportedAccount } from './account-record.js';
import { findTaken, insertInto, type Taken } from './rows.js';

/** Takes a batch of accounts; of two with the same name or verified address the first. */
export interface Intake {
  /** @returns for each account what of it is taken, null when it went in */
  take(accounts: readonly ImportedAccount[]): Promise<(Taken | null)[]>;
}

/** What an import is rehearsed on: seen by this connection alone, and on no disk of the database's. */
const REHEARSAL = 'rehearsed_users';

/**
 * Moves accounts in, a statement for each batch, so that a server that runs meanwhile waits for no longer
 * than that. The unique indexes decide who is there already, in the table and in the file: nothing is
 * kept in memory, and no account that exists is touched.
 */
@Injectable()
export class UserImport {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Each batch is stored when `take()` returns. */
  run<T>(work: (intake: Intake) => Promise<T>): Promise<T> {
    return this.withRunner((runner) => work({ take: (accounts) => this.insert(runner, accounts) }));
  }

  /** Finds out what `run()` would do, and changes nothing. */
  dryRun<T>(work: (intake: Intake) => Promise<T>): Promise<T> {
    return this.withRunner(async (runner) => {
      await createRehearsal(runner);
      const result = await work({ take: (accounts) => this.rehearse(runner, accounts) });
      await runner.query(`DROP TABLE ${REHEARSAL}`);
      return result;
    });
  }

  /** Whether somebody could administer the service: who has no password may never get one. */
  hasAdministrator(): Promise<boolean> {
    const passwordHash = Not(UNUSABLE_HASH);
    const users = this.dataSource.getRepository(User);
    return users.existsBy({ role: 'admin', disabled: false, passwordHash });
  }

  private async withRunner<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }

  private async insert(runner: QueryRunner, accounts: readonly ImportedAccount[]) {
    const rows = accounts.map((account) => ({ ...account, id: newId() }));
    const now = this.clock.now();
    const left = await insertInto(runner, 'users', rows, {
      id: (row) => row.id,
      username: (row) => row.username,
      username_key: (row) => row.usernameKey,
      email: (row) => row.email,
      verified_email_key: (row) => row.verifiedEmailKey,
      full_name: (row) => row.fullName,
      role: (row) => row.role,
      disabled: (row) => row.disabled,
      password_hash: (row) => row.passwordHash,
      auth_epoch: () => 0,
      created_at: () => now,
      updated_at: () => now,
    });
    return rows.map((row) => left.get(row) ?? null);
  }

  private async rehearse(runner: QueryRunner, accounts: readonly ImportedAccount[]) {
    const rows = accounts.map((account) => ({ ...account, id: newId() }));
    const there = await findTaken(runner, 'users', rows);
    const free = rows.filter((row) => !there.has(row));
    const left = await insertInto(runner, REHEARSAL, free, {
      id: (row) => row.id,
      username_key: (row) => row.usernameKey,
      verified_email_key: (row) => row.verifiedEmailKey,
    });
    return rows.map((row) => there.get(row) ?? left.get(row) ?? null);
  }
}

function createRehearsal(runner: QueryRunner): Promise<unknown> {
  return runner.query(
    `CREATE TEMPORARY TABLE ${REHEARSAL} (id varchar(36) PRIMARY KEY,
       username_key varchar(192) NOT NULL UNIQUE, verified_email_key varchar(512) UNIQUE)`,
  );
}
