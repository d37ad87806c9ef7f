import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Writable } from 'node:stream';
import { AppModule } from '../../src/app.module.js';
import { setUp } from '../../src/app.setup.js';
import { createDataSource } from '../../src/data-source.js';
import { KeyMaker } from '../../src/keys/key-maker.js';
import { Background } from '../../src/platform/background.js';
import { Clock } from '../../src/platform/clock.js';
import { createHttpServer } from '../../src/platform/http/server.js';
import { Attempts } from '../../src/platform/limits/attempts.js';
import { Quota } from '../../src/platform/limits/quota.js';
import { createLogger } from '../../src/platform/log/logger.js';
import { NestLogger } from '../../src/platform/log/nest-logger.js';
import type { Mail } from '../../src/platform/mail/mail.js';
import { loadSettings } from '../../src/platform/settings/load-settings.js';
import type { Settings } from '../../src/platform/settings/settings.js';
import type { User } from '../../src/users/user.entity.js';
import { type NewUser, UsersService } from '../../src/users/users.service.js';
import { TestClock } from './clock.js';
import { onPostgres, type ThrowAwayDatabase, throwAwayDatabase } from './database.js';
import { freePort } from './free-port.js';
import { KeptMail } from './mail.js';
import { ReadyKeyMaker } from './ready-keys.js';

/** A secret for tests alone; 32 bytes and more than 16 different characters. */
export const TEST_SECRET = 'test-only-Qz7vX2mK9pLw4RtB8nYc3DfH';

export interface TestApp {
  readonly app: NestFastifyApplication;
  /** `http://127.0.0.1:<port>`, also the issuer unless PUBLIC_URL is given */
  readonly url: string;
  readonly settings: Settings;
  readonly clock: TestClock;
  /** every log line so far, as text */
  readonly log: () => string;
  /** every mail so far, once none is on its way any more; none where SMTP_URL is given */
  readonly mails: () => Promise<readonly Mail[]>;
  /** the tutorial's people: johndoe/secret (admin), alice/secret2, bob/secret3 (disabled) */
  readonly people: Readonly<Record<'johndoe' | 'alice' | 'bob', User>>;
  close(): Promise<void>;
}

interface Options {
  readonly env?: Record<string, string>;
  /** true keeps the limits as they are in production; otherwise neither guesses nor anything else is counted */
  readonly limited?: boolean;
  /** of an earlier life of the service, with its people; stays when this one closes */
  readonly database?: ThrowAwayDatabase;
  /** routes that only a test has */
  readonly controllers?: Type[];
}

/**
 * The service over real HTTP on a free port, on the database that this run of the tests is for.
 * One at a time in a test file: passport keeps its strategies by name for the whole process.
 */
export async function startApp(options: Options = {}): Promise<TestApp> {
  const { env = {} } = options;
  const database = options.database ?? (await throwAwayDatabase({ memory: true }));
  if (onPostgres) await migrate(database.url);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = loadSettings({
    NODE_ENV: 'test',
    DATABASE_URL: database.url,
    AUTH_SECRET: TEST_SECRET,
    PUBLIC_URL: url,
    PASSWORD_COST: '4',
    LOG_LEVEL: 'debug',
    ...env,
  });
  const lines: string[] = [];
  const clock = new TestClock();
  const kept = new KeptMail();
  const app = await build(settings, clock, lines, kept, options);
  const close = async () => {
    await app.close();
    if (!options.database) await database.drop();
  };
  const people = await findOrCreatePeople(app.get(UsersService));
  try {
    await app.listen({ host: '127.0.0.1', port });
  } catch (error) {
    await close();
    throw error;
  }
  const mails = async () => {
    await app.get(Background).settled();
    return kept.mails;
  };
  return { app, url, settings, clock, log: () => lines.join(''), mails, people, close };
}

async function build(
  settings: Settings,
  clock: Clock,
  lines: string[],
  kept: KeptMail,
  { limited = false, controllers = [] }: Options,
) {
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger(settings.LOG_LEVEL, sink);
  const http = await createHttpServer(settings, logger);
  const mail = settings.SMTP_URL ? undefined : kept;
  const imports = [AppModule.of(settings, mail)];
  const builder = Test.createTestingModule({ imports, controllers })
    .overrideProvider(Clock)
    .useValue(clock)
    .overrideProvider(KeyMaker)
    .useValue(new ReadyKeyMaker(settings));
  if (!limited) {
    builder.overrideProvider(Attempts).useValue(unlimitedAttempts);
    builder.overrideProvider(Quota).useValue(unlimitedQuota);
  }
  const module = await builder.compile();
  const app = module.createNestApplication<NestFastifyApplication>(http.adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
  });
  await setUp(app, http, settings);
  return app;
}

const unlimitedAttempts: Pick<Attempts, 'reserve'> = {
  reserve: () => Promise.resolve({ giveBack: () => Promise.resolve(), keep: () => undefined }),
};

const unlimitedQuota: Pick<Quota, 'take' | 'allows'> = {
  take: () => Promise.resolve(),
  allows: () => Promise.resolve(true),
};

async function migrate(url: string): Promise<void> {
  const dataSource = await createDataSource(url).initialize();
  await dataSource.runMigrations();
  await dataSource.destroy();
}

async function findOrCreatePeople(users: UsersService): Promise<TestApp['people']> {
  const names = ['johndoe', 'alice', 'bob'] as const;
  const found = await Promise.all(names.map((name) => users.findByUsername(name)));
  const [johndoe, alice, bob] = found;
  return johndoe && alice && bob ? { johndoe, alice, bob } : createPeople(users);
}

async function createPeople(users: UsersService): Promise<TestApp['people']> {
  const create = (person: NewUser) => users.create({ ...person, emailVerified: true });
  const [johndoe, alice, bob] = await Promise.all([
    create({
      username: 'johndoe',
      password: 'secret',
      email: 'johndoe@example.com',
      fullName: 'John Doe',
      role: 'admin',
    }),
    create({ username: 'alice', password: 'secret2', email: 'alice@example.com' }),
    create({ username: 'bob', password: 'secret3', disabled: true }),
  ]);
  return { johndoe, alice, bob };
}
