// Exits 0 when the PostgreSQL of the URL answers and lets us create databases, as the tests do.
import pg from 'pg';

const client = new pg.Client({
  connectionString: process.argv[2],
  connectionTimeoutMillis: 5000,
});
try {
  await client.connect();
  const mayCreate =
    'SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user';
  const { rows } = await client.query(mayCreate);
  process.exitCode = rows[0]?.may ? 0 : 1;
} catch {
  process.exitCode = 1;
} finally {
  await client.end().catch(() => undefined);
}
