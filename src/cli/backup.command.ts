import type { Command } from 'commander';
import { createDataSource } from '../data-source.js';
import { Audit, OPERATOR } from '../platform/audit/audit.js';
import { AuditEntry } from '../platform/audit/audit-entry.entity.js';
import { Clock } from '../platform/clock.js';
import { copyDatabase } from '../platform/database/copy-database.js';
import type { HallpassDataSource } from '../platform/database/hallpass-data-source.js';
import { cannotOpen } from '../platform/database/open-database.js';
import { databaseFile, isSqlite } from '../platform/database/options.js';
import { loadSettings, readEnvironment } from '../platform/settings/load-settings.js';
import type { Settings } from '../platform/settings/settings.js';
import { isFile } from './files.js';
import { toJson } from './output.js';
import { Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** false for the database of an older version, whose table may be another */
  readonly audited: boolean;
}

/** `backup`: a copy of a moment, while the server writes on. */
export function addBackup(program: Command, { stdout }: Terminal): void {
  program
    .command('backup')
    .description('copy the SQLite database into a new file, while the server runs')
    .argument('<file>', 'a file that is not there yet')
    .option('--json', 'as JSON: the file, and its size in bytes')
    .addHelpText(
      'after',
      '\nThe copy holds every password hash, and is readable by you alone. It does not hold AUTH_SECRET,' +
        '\nwithout which its signing keys cannot be read: keep that elsewhere. No migration is run.' +
        '\n\nExample:\n  $ npm run hallpass -- backup backups/hallpass-$(date +%F).sqlite',
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const backup = await makeBackup(file);
      stdout.write(`${json ? toJson(backup) : describe(backup)}\n`);
    });
}

async function makeBackup(file: string): Promise<Backup> {
  const { DATABASE_URL } = loadSettings(readEnvironment());
  const dataSource = await openExisting(DATABASE_URL);
  try {
    const bytes = await copyDatabase(dataSource, file).catch(refuse);
    return { file, bytes, audited: await record(dataSource) };
  } finally {
    await dataSource.destroy();
  }
}

/** Not as a server opens it: a backup before an upgrade is to be of what is there, not migrated by the new version. */
async function openExisting(url: Settings['DATABASE_URL']): Promise<HallpassDataSource> {
  const path = databaseFile(url);
  if (path === undefined) throw new Refused(isSqlite(url) ? IN_MEMORY : OF_POSTGRES);
  if (!(await isFile(path))) throw new Refused(`There is no database ${path} yet`);
  try {
    return await createDataSource(url).initialize();
  } catch (error) {
    throw new Refused(cannotOpen(error));
  }
}

const IN_MEMORY = 'A database in memory is gone with its server: there is nothing to copy';
const OF_POSTGRES =
  'DATABASE_URL is PostgreSQL, which has a tool of its own: pg_dump --format=custom --file=<file> "$DATABASE_URL"';

async function record(dataSource: HallpassDataSource): Promise<boolean> {
  const audit = new Audit(dataSource.getRepository(AuditEntry), new Clock());
  try {
    await audit.record({ event: 'backup.created', by: OPERATOR, subject: 'everyone' });
    return true;
  } catch (error) {
    if (!(await dataSource.hasPendingMigrations())) throw error;
    return false;
  }
}

function refuse(error: unknown): never {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST') throw new Refused(`${path} is there already, and is not overwritten`);
  throw error;
}

function describe({ file, bytes, audited }: Backup): string {
  const copied = `Copied the database to ${file} (${bytes} bytes). It does not hold AUTH_SECRET: keep that elsewhere`;
  const unwritten = 'The audit log does not say so, as the database is of an older version';
  return audited ? copied : `${copied}\n${unwritten}`;
}
