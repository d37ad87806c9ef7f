// Builds the image and tries it as compose.yaml runs it: as its own user, on files that cannot be changed.
// Where no engine answers, the steps of the Dockerfile are done in clean folders instead.
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parse } from 'yaml';
import * as engine from './engine.mjs';
import { runs, serves, settings } from './server.mjs';
import * as standIn from './stand-in.mjs';

const withEngine = engine.answers();
console.log(withEngine ? 'docker builds' : 'no engine answers: its steps, in clean folders');
const image = await (withEngine ? engine : standIn).build();
try {
  await holdsWhatItNeeds();
  await servesOnSqlite();
  if (process.env.TEST_DATABASE_URL) await servesOnPostgres(process.env.TEST_DATABASE_URL);
} finally {
  image.remove();
}

async function holdsWhatItNeeds() {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const unwanted = Object.keys(packages).filter(
    (path) => packages[path].dev || packages[path].devOptional,
  );
  const inside = readFileSync(new URL('inside.mjs', import.meta.url), 'utf8');
  const look = ['node', '--input-type=module', '-e', inside, JSON.stringify(unwanted)];
  await must('hold what it needs, and no more', {}, look, 'rw');
  // No package missing, extraneous or invalid, peers included.
  await must('be complete', {}, ['npm', 'ls', '--omit=dev', '--omit=optional', '--all'], 'rw');
  const { printed } = await must('have a size', {}, ['du', '-sm', '/app']);
  console.log(`it adds ${printed.split('\t')[0]} MB to its base`);
}

async function servesOnSqlite() {
  const env = await settings();
  const { status } = await runs(image, env, image.healthcheck);
  if (status !== 1) throw new Error('the health check passes while nothing listens');
  await serves(image, env);
  const run = ['npm', 'run', '--silent'];
  const users = await must('list its users', env, [...run, 'hallpass', '--', 'user', 'list']);
  if (!users.printed.includes('admin')) throw new Error('the administrator is not there any more');
  await must('tell its migrations', env, [...run, 'migration:status']);
  console.log('it serves on SQLite');
}

async function servesOnPostgres(url) {
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true });
  const name = `hallpass_container_${process.pid}`;
  const server = new pg.Client({ connectionString: url });
  await server.connect();
  await server.query(`CREATE DATABASE ${name}`);
  try {
    const env = await settings({
      DATABASE_URL: String(Object.assign(new URL(url), { pathname: name })),
    });
    if ((await runs(image, env)).status !== 1) throw new Error('it starts without its tables');
    await must('migrate', env, services.migrate.command);
    await serves(image, env);
    console.log('it serves on PostgreSQL');
  } finally {
    await server.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await server.end();
  }
}

async function must(what, env, words, mode) {
  const result = await runs(image, env, words, mode);
  if (result.status === 0) return result;
  console.error(result.printed);
  throw new Error(`it must ${what}, and exits with ${result.status}`);
}
