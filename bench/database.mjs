// A database with people in it, made by the built server's own code, in a folder that is removed after.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As many as sign in at the same time: of one account Hallpass lets ten attempts be open at once. */
const CROWD = 16;

/**
 * @returns the environment of a production server on it; `reader`, whose token calls the guarded route;
 * and `crowd`, who sign in meanwhile: other people, as the 101st sign-in of one person ends the first
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
  await create([reader, ...crowd], environment);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  return { folder, environment, reader, crowd, remove };
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
  await app.close();
}
