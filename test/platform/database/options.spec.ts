import { describe, expect, it } from 'vitest';
import { databaseOptions, isSqlite } from '../../../src/platform/database/options.js';

describe('databaseOptions', () => {
  it('keeps a SQLite file in WAL mode and waits five seconds for other processes', () => {
    expect(databaseOptions('sqlite:data/hallpass.sqlite')).toMatchObject({
      type: 'sqlite',
      database: 'data/hallpass.sqlite',
      enableWAL: true,
      busyTimeout: 5_000,
    });
  });

  it('takes an absolute path', () => {
    expect(databaseOptions('sqlite:/var/lib/hallpass.sqlite')).toMatchObject({
      database: '/var/lib/hallpass.sqlite',
    });
  });

  it('has no journal for a database in memory', () => {
    expect(databaseOptions('sqlite::memory:')).toMatchObject({
      database: ':memory:',
      enableWAL: false,
    });
  });

  it.each(['postgres://u:p@host:5433/hallpass', 'postgresql://u:p@host:5433/hallpass'])(
    'names itself to PostgreSQL and bounds every wait (%s)',
    (url) => {
      expect(databaseOptions(url)).toMatchObject({
        type: 'postgres',
        url,
        applicationName: 'hallpass',
        poolSize: 10,
        connectTimeoutMS: 5_000,
        extra: { statement_timeout: 10_000 },
      });
    },
  );

  it.each(['sqlite:a.sqlite', 'sqlite::memory:', 'postgres://host/hallpass'])(
    'never changes the schema on its own, logs no SQL and refuses undefined in a where (%s)',
    (url) => {
      expect(databaseOptions(url)).toMatchObject({
        synchronize: false,
        migrationsRun: false,
        logging: false,
        invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
      });
    },
  );

  it.each([
    '',
    'mysql://root:hunter2@host/x',
    'sqlite:',
    'sqlite:///hunter2',
    'sqlite:file:hunter2',
  ])('refuses %j without repeating it', (url) => {
    expect(() => databaseOptions(url)).toThrow(/^DATABASE_URL (?!.*hunter2)/);
  });
});

describe('isSqlite', () => {
  it('tells the two databases apart', () => {
    expect(isSqlite('sqlite::memory:')).toBe(true);
    expect(isSqlite('postgres://host/sqlite:')).toBe(false);
  });
});
