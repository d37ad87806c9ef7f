import { createApp } from './app.setup.js';
import { banner } from './boot/banner.js';
import { MailOnTerminal } from './boot/mail-on-terminal.js';
import { loadSettings, readEnvironment } from './platform/settings/load-settings.js';
import { explain } from './boot/start-failure.js';
import { stopOnSignals } from './boot/stop.js';
import { keepObjectsYoung } from './boot/young-objects.js';
import { type NewUser, UsersService } from './users/users.service.js';

/** The people of FastAPI's tutorial. Their passwords are public, hence loopback only and never in production. */
const PEOPLE: readonly NewUser[] = [
  {
    username: 'johndoe',
    password: 'secret',
    email: 'johndoe@example.com',
    fullName: 'John Doe',
    role: 'admin',
  },
  {
    username: 'alice',
    password: 'secret2',
    email: 'alice@example.com',
    fullName: 'Alice Wonderson',
  },
  {
    username: 'bob',
    password: 'secret3',
    email: 'bob@example.com',
    fullName: 'Bob Builder',
    disabled: true,
  },
];

async function demo(): Promise<void> {
  const { NODE_ENV, PORT, CORS_ORIGINS, REGISTRATION, LOG_LEVEL = 'warn' } = readEnvironment();
  if (NODE_ENV === 'production') {
    throw new Error('The demo has public passwords, so it does not start with NODE_ENV=production');
  }
  keepObjectsYoung();
  const settings = loadSettings({
    PORT,
    CORS_ORIGINS,
    REGISTRATION,
    LOG_LEVEL,
    DATABASE_URL: 'sqlite::memory:',
  });
  const app = await createApp(settings, new MailOnTerminal(console.log));
  stopOnSignals(app);
  const users = app.get(UsersService);
  await Promise.all(PEOPLE.map((person) => users.create({ ...person, emailVerified: true })));
  await app.listen({ host: '127.0.0.1', port: settings.PORT });
  console.log(banner(settings, settings.PORT));
  console.log(
    'Sign in as johndoe/secret (an administrator) or alice/secret2; bob/secret3 is disabled.',
  );
  console.log('Everything is in memory and gone when this stops. Mails are shown here.\n');
}

demo().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
