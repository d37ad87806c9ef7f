import { performance } from 'node:perf_hooks';
import { createInspection } from '../../data-source.js';
import type { HallpassDataSource } from '../../platform/database/hallpass-data-source.js';
import { cannotOpen } from '../../platform/database/open-database.js';
import { databaseFile, isSqlite } from '../../platform/database/options.js';
import type { Clock } from '../../platform/clock.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { checkFile, checkContent, isThere } from './sqlite-checks.js';

/** Older ones get no fixes any more. */
const LEAST_POSTGRES = 13;
/** A server takes a token that was signed 5 s ahead of it (RFC 7519 §4.1.4 leaves it to us). */
const CLOCKS_MAY_DIFFER_MS = 2_000;
const CLOCKS_DIFFER_MS = 60_000;

export interface OpenedDatabase {
  readonly findings: readonly Finding[];
  /** null where there is none to look into */
  readonly database: HallpassDataSource | null;
}

/** Opens the database without making, migrating or writing anything. */
export async function openForInspection(url: string | undefined): Promise<OpenedDatabase> {
  if (url === undefined) return closed(skipped('not looked at, as DATABASE_URL is at fault'));
  const path = databaseFile(url);
  if (path === undefined && isSqlite(url)) {
    return closed(warning('it is in memory, and gone when the server stops', 'set DATABASE_URL'));
  }
  const files = path === undefined ? [] : await checkFile(path);
  if (path !== undefined && !isThere(path)) return { findings: files, database: null };
  const database = createInspection(url);
  try {
    await database.initialize();
    return { findings: files, database };
  } catch (error) {
    const remedy =
      path === undefined
        ? 'start it, or mend DATABASE_URL'
        : 'mend DATABASE_URL, or restore a backup';
    return { findings: [...files, fault(cannotOpen(error), remedy)], database: null };
  }
}

/** What the open database says of itself. */
export async function checkDatabase(
  database: HallpassDataSource,
  url: string,
  clock: Clock,
): Promise<readonly Finding[]> {
  const path = databaseFile(url);
  return path === undefined ? checkPostgres(database, clock) : checkContent(database, path);
}

function closed(finding: Finding): OpenedDatabase {
  return { findings: [finding], database: null };
}

async function checkPostgres(database: HallpassDataSource, clock: Clock): Promise<Finding[]> {
  const [row]: { version: string }[] = await database.query(
    `SELECT current_setting('server_version') AS version`,
  );
  const version = row?.version ?? '';
  const isOld = parseInt(version, 10) < LEAST_POSTGRES;
  return [
    isOld
      ? warning(`PostgreSQL ${version} gets no fixes any more`, 'move to one that does')
      : ok(`PostgreSQL ${version} answers`),
    await compareClocks(database, clock),
  ];
}

/** Read in the middle between two looks at our own, so that a slow network is no difference. */
async function compareClocks(database: HallpassDataSource, clock: Clock): Promise<Finding> {
  const [before, begun] = [clock.milliseconds(), performance.now()];
  const [row]: { at: string }[] = await database.query(
    'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS at',
  );
  const took = performance.now() - begun;
  return describeDifference(Math.round(Number(row?.at) - (before + took / 2)));
}

/** @param ahead milliseconds by which the database's clock is ahead of this machine's */
export function describeDifference(ahead: number): Finding {
  const difference = Math.abs(ahead);
  const remedy = 'let NTP set the clocks of both machines';
  const says = `its clock is ${(difference / 1000).toFixed(1)} s ${ahead > 0 ? 'ahead of' : 'behind'} the one of this machine`;
  if (difference > CLOCKS_DIFFER_MS) return fault(says, remedy);
  if (difference > CLOCKS_MAY_DIFFER_MS) return warning(says, remedy);
  return ok('its clock is that of this machine');
}
