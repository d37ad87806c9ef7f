// A database with people in it, made by the built server's own code, in a folder that is removed after.
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';

/** As many as sign in at the same time: of one account Hallpass lets ten attempts be open at once. */
const CROWD = 16;

/**
 * Of a person and a client 100 sessions may live, and the next one ends the oldest: people do not sign in a hundred
 * times in a minute, so the crowd goes round as many clients as keep all of a bench below that.
 */
const RELYING_PARTIES = 32;

/**
 * @returns the environment of a production server on it; `reader`, whose token calls the guarded route;
 * `crowd`, who sign in meanwhile: other people, as the 101st sign-in of one person ends the first; `machine`, a
 * confidential client; and `relyingParties`, such clients with people, who have to consent
 */
export async function prepareDatabase() {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-bench-'));
  const environment = {
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'https://id.example.com',
    DATABASE_URL: `sqlite:${join(folder, 'hallpass.sqlite')}`,
    AUTH_SECRET: randomBytes(48).toString('base64url'),
    PASSWORD_COST: '12',
    LOG_LEVEL: 'warn',
  };
  const reader = { username: 'johndoe', password: 'correct horse battery' };
  const crowd = Array.from({ length: CROWD }, (_, i) => ({ ...reader, username: `person${i}` }));
  const clients = await create([reader, ...crowd], environment);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, environment, reader, crowd, ...clients, remove };
}

/**
 * Adds live sessions until there are as many, of a thousand people, with ids in no order: the worst case
 * of an index.
 */
export async function addSessions({ environment }, wanted) {
  const { createDataSource } = await import('../dist/src/data-source.js');
  const dataSource = await createDataSource(environment.DATABASE_URL).initialize();
  const [{ have }] = await dataSource.query('SELECT count(*) AS have FROM sessions');
  const now = Math.floor(Date.now() / 1000);
  const uuid =
    "lower(printf('%s-%s-%s-%s-%s', hex(randomblob(4)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(2)), hex(randomblob(6))))";
  const numbers = (count) =>
    `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count})`;
  await dataSource.query(
    `${numbers(1000)} INSERT OR IGNORE INTO users
       (id, username, username_key, role, disabled, password_hash, auth_epoch, created_at, updated_at)
     SELECT printf('sleeper-%d', n), printf('sleeper-%d', n), printf('sleeper-%d', n), 'user', 0, '', 0, ${now}, ${now}
     FROM numbers`,
  );
  await dataSource.query(
    `${numbers(Math.max(1, wanted - have))} INSERT INTO sessions
       (id, user_id, client_id, scope, auth_epoch, client_epoch, generation, created_at, last_used_at, expires_at)
     SELECT ${uuid}, printf('sleeper-%d', n % 1000 + 1), 'hallpass', 'profile email', 0, 0, 0, ${now}, ${now}, ${now + 86_400}
     FROM numbers`,
  );
  await dataSource.query('PRAGMA wal_checkpoint(TRUNCATE)');
  await dataSource.destroy();
}

async function create(people, environment) {
  const { createApp } = await import('../dist/src/app.setup.js');
  const { loadSettings } = await import('../dist/src/platform/settings/load-settings.js');
  const { UsersService } = await import('../dist/src/users/users.service.js');
  const app = await createApp(loadSettings(environment));
  await app.init();
  const users = app.get(UsersService);
  const details = { fullName: 'John Doe', role: 'admin' };
  await Promise.all(
    people.map((person) =>
      users.create({ ...details, ...person, email: `${person.username}@example.com` }),
    ),
  );
  const clients = await register(app);
  await app.close();
  return clients;
}

/** Rows like any other, so that this does not hang on how clients are managed. */
async function register(app) {
  const { Client } = await import('../dist/src/clients/client.entity.js');
  const { hashClientSecret, makeClientSecret } =
    await import('../dist/src/clients/client-secret.js');
  const rows = app.get(DataSource).getRepository(Client);
  const add = async (details) => {
    const client = { id: randomUUID(), secret: makeClientSecret() };
    const row = {
      ...details,
      id: client.id,
      name: 'bench',
      confidential: true,
      firstParty: false,
      postLogoutRedirectUris: [],
      secretHashes: [hashClientSecret(client.secret)],
      disabled: false,
      epoch: 0,
      createdAt: 0,
      updatedAt: 0,
    };
    await rows.insert(rows.create(row)); // with what each column has by default
    return client;
  };
  const machine = await add({
    grants: ['client_credentials'],
    scopes: ['users:read', 'tokens:introspect'],
    redirectUris: [],
  });
  const relyingParties = [];
  for (let i = 0; i < RELYING_PARTIES; i += 1) {
    const redirectUri = `https://app${i}.example.com/callback`;
    const client = await add({
      grants: ['authorization_code', 'refresh_token'],
      scopes: ['openid', 'profile'],
      redirectUris: [redirectUri],
    });
    relyingParties.push({ ...client, redirectUri });
  }
  return { machine, relyingParties };
}
