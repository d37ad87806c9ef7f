import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import sqlite3 from 'sqlite3';
import type { DataSourceOptions } from 'typeorm';
import { SteadyClient } from './steady-client.js';

const SQLITE_PREFIX = 'sqlite:';
const MEMORY = 'sqlite::memory:';
const SQLITE_BUSY_TIMEOUT_MS = 5_000;
const POSTGRES_CONNECT_TIMEOUT_MS = 5_000;
const POSTGRES_STATEMENT_TIMEOUT_MS = 10_000;
const POSTGRES_POOL_SIZE = 10;

/**
 * Options for DATABASE_URL, without entities and migrations.
 *
 * @param url `sqlite:relative/path`, `sqlite:/absolute/path`, `sqlite::memory:`, `postgres://…` or `postgresql://…`
 * @throws {Error} when the URL is of no such form; the message never repeats it, for it may hold a password
 */
export function databaseOptions(url: string): DataSourceOptions {
  if (isSqlite(url)) return { ...common, ...sqliteOptions(url.slice(SQLITE_PREFIX.length)) };
  if (/^postgres(ql)?:\/\//.test(url)) return { ...common, ...postgresOptions(url) };
  throw new Error('DATABASE_URL must start with sqlite: or postgres://');
}

/**
 * Options to look at a database and change nothing of it. A file that nobody has open is read as if it
 * could not change, since SQLite would otherwise put two files beside it.
 */
export function inspectionOptions(url: string): DataSourceOptions {
  const options = databaseOptions(url);
  if (options.type !== 'sqlite') return options;
  const { href } = pathToFileURL(options.database);
  return {
    ...options,
    database: existsSync(`${options.database}-wal`) ? href : `${href}?immutable=1`,
    flags: sqlite3.OPEN_READONLY | sqlite3.OPEN_URI,
    enableWAL: false,
  };
}

/** The path of a SQLite database, undefined for any other one. */
export function databaseFile(url: string): string | undefined {
  return isSqlite(url) && url !== MEMORY ? url.slice(SQLITE_PREFIX.length) : undefined;
}

export function isSqlite(url: string): boolean {
  return url.startsWith(SQLITE_PREFIX);
}

const common = {
  synchronize: false,
  migrationsRun: false,
  // A statement's parameters are password hashes and keys: no SQL reaches a log.
  logging: false,
  // `where: { id: undefined }` would otherwise match the first row.
  invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
} as const;

function sqliteOptions(database: string): DataSourceOptions {
  if (database === '' || database.startsWith('//') || database.startsWith('file:')) {
    throw new Error(
      'DATABASE_URL for SQLite is sqlite:relative/path, sqlite:/absolute/path or sqlite::memory:',
    );
  }
  return {
    type: 'sqlite',
    database,
    enableWAL: `${SQLITE_PREFIX}${database}` !== MEMORY,
    busyTimeout: SQLITE_BUSY_TIMEOUT_MS,
    driver: withoutTraces,
  };
}

/** TypeORM asks for `verbose()`, which takes a stack trace at every statement and changes nothing but error texts. */
const withoutTraces: unknown = Object.create(sqlite3, { verbose: { value: () => sqlite3 } });

function postgresOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'hallpass',
    poolSize: POSTGRES_POOL_SIZE,
    connectTimeoutMS: POSTGRES_CONNECT_TIMEOUT_MS,
    installExtensions: false,
    // Every statement of a request goes by a key: one that runs longer is stuck, and must not hold its caller.
    extra: {
      statement_timeout: POSTGRES_STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      Client: SteadyClient,
    },
  };
}
