import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-source.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import type { AuditEvent } from '../../src/platform/audit/audit-events.js';
import { User } from '../../src/users/user.entity.js';
import { emptyFolder, type Environment, testing } from '../cli/processes.js';
import { throwAwayDatabase } from './database.js';

/** A folder and a migrated database of an operator who moves accounts. */
export interface MovingPlace {
  readonly cwd: string;
  readonly env: Environment;
  readonly rows: DataSource;
  /** every account with its hash, by name */
  users(): Promise<User[]>;
  audit(event: AuditEvent): Promise<AuditEntry[]>;
  remove(): Promise<void>;
}

export async function movingPlace(): Promise<MovingPlace> {
  const folder = await emptyFolder();
  const database = await throwAwayDatabase();
  const rows = await createDataSource(database.url).initialize();
  await rows.runMigrations();
  return {
    cwd: folder.path,
    env: { ...testing, DATABASE_URL: database.url },
    rows,
    users: () =>
      rows
        .getRepository(User)
        .createQueryBuilder('user')
        .addSelect('user.passwordHash')
        .orderBy('user.usernameKey')
        .getMany(),
    audit: (event) => rows.getRepository(AuditEntry).find({ where: { event }, order: { id: 1 } }),
    remove: async () => {
      await rows.destroy();
      await database.drop();
      await folder.remove();
    },
  };
}
