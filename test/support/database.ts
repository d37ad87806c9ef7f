import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Whether this run of the tests is the one on PostgreSQL. */
export const onPostgres = process.env['TEST_DATABASE'] === 'postgres';

export interface ThrowAwayDatabase {
  url: string;
  drop(): Promise<void>;
}

/** An empty database of its own for one test file, on what TEST_DATABASE names; `memory` counts on SQLite only. */
export async function throwAwayDatabase({ memory = false } = {}): Promise<ThrowAwayDatabase> {
  if (onPostgres) return postgresDatabase();
  if (memory) return { url: 'sqlite::memory:', drop: async () => {} };
  return sqliteFile();
}

async function sqliteFile(): Promise<ThrowAwayDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-'));
  return {
    url: `sqlite:${join(folder, 'hallpass.sqlite')}`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** An empty database on the server of TEST_DATABASE_URL, whatever the run is for. */
export async function postgresDatabase(): Promise<ThrowAwayDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) throw new Error('A database on PostgreSQL needs TEST_DATABASE_URL');
  const name = `hallpass_test_${randomBytes(8).toString('hex')}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runOn(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

async function runOn(server: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
