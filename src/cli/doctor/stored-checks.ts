import { Not } from 'typeorm';
import { isoTime } from '../../platform/clock.js';
import { AuditEntry } from '../../platform/audit/audit-entry.entity.js';
import type { HallpassDataSource } from '../../platform/database/hallpass-data-source.js';
import { isSqlite } from '../../platform/database/options.js';
import { Session } from '../../sessions/session.entity.js';
import { User } from '../../users/user.entity.js';
import { INITIAL_PASSWORD } from '../../users/first-admin.js';
import { UNUSABLE_HASH } from '../../users/hashes/kinds.js';
import { isThere } from './sqlite-checks.js';
import { fault, type Finding, ok, warning } from './finding.js';
import { inDatabase } from './patient.js';

/** Rows of another server may be a little ahead of this clock. */
const LEEWAY_MS = 60_000;

/** Whether the tables are those of this version. */
export const checkMigrations = inDatabase(async (database, { settings }) => {
  const { pending, unknown } = await database.compareMigrations();
  if (unknown.length > 0) {
    return [
      fault(
        `a newer version has migrated this database (${unknown.join(', ')})`,
        'run that version again, or restore the backup that was made before the upgrade',
      ),
    ];
  }
  if (pending.length === 0) return [ok(`all ${database.migrations.length} have run`)];
  const are = `${pending.length} of ${database.migrations.length} are pending`;
  if (isSqlite(settings.DATABASE_URL ?? '')) {
    return [warning(are, 'make a backup: the next start, and any other command, runs them')];
  }
  return [fault(are, 'run npm run migration:run, without which the server does not start')];
});

/** Whether this clock goes on where it was when the newest rows were written. */
export const checkClock = inDatabase(async (database, { clock }) => {
  const newest = await newestRow(database);
  const now = clock.milliseconds();
  if (newest === undefined) return [ok(`${seconds(now)}; there is no row to compare it with`)];
  if (newest <= now + LEEWAY_MS)
    return [ok(`${seconds(now)}, and nothing in the database is later`)];
  return [
    fault(
      `it is ${seconds(now)}, but the database has a row of ${seconds(newest)}: the clock was set back, or was wrong then`,
      'let NTP set the clock. If it was wrong before: session end --all, and keys rotate',
    ),
  ];
});

/** Whether somebody can administer. */
export const checkAdministrators = inDatabase(async (database, { settings }) => {
  const users = database.getRepository(User);
  const administrators = { role: 'admin', disabled: false } as const;
  const active = await users.countBy(administrators);
  if (active > 0) {
    const passwordHash = Not(UNUSABLE_HASH);
    const canSignIn = await users.existsBy({ ...administrators, passwordHash });
    return [canSignIn ? ok(`${active} active`) : invitedAlone(active), ...leftPassword()];
  }
  if (await users.exists()) {
    return [
      fault(
        'there are users, but no active administrator among them',
        'run npm run hallpass -- user enable <username>, or user create <username> --role admin',
      ),
    ];
  }
  const { NODE_ENV, ADMIN_PASSWORD, ADMIN_USERNAME = 'admin' } = settings;
  if (NODE_ENV !== 'production' || ADMIN_PASSWORD !== undefined) {
    return [ok(`the first start makes ${ADMIN_USERNAME}`)];
  }
  return [
    fault(
      'there are no users, and ADMIN_PASSWORD is not set: the first start in production is refused',
      'set ADMIN_PASSWORD for the first start, or run npm run hallpass -- user create admin --role admin',
    ),
  ];
});

function invitedAlone(count: number): Finding {
  return warning(
    `${count} active, but none has chosen a password yet`,
    'follow the link that was mailed, or run npm run hallpass -- user password <username>',
  );
}

function leftPassword(): Finding[] {
  if (!isThere(INITIAL_PASSWORD)) return [];
  return [
    warning(`${INITIAL_PASSWORD} is still there`, 'sign in, set another password, and delete it'),
  ];
}

/** Ids are in the order of time, so the newest row of a table is the last one. Epoch milliseconds. */
async function newestRow(database: HallpassDataSource): Promise<number | undefined> {
  const newest = { order: { id: 'DESC' }, take: 1 } as const;
  const [entry] = await database
    .getRepository(AuditEntry)
    .find({ select: { at: true }, ...newest });
  const [session] = await database
    .getRepository(Session)
    .find({ select: { createdAt: true }, ...newest });
  const times = [entry?.at, session && session.createdAt * 1000].filter((at) => at !== undefined);
  return times.length > 0 ? Math.max(...times) : undefined;
}

function seconds(milliseconds: number): string {
  return isoTime(Math.floor(milliseconds / 1000)).replace('.000Z', 'Z');
}
