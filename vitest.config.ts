import { defineConfig } from 'vitest/config';

/** Keeps no rows, or is about the whole: what it promises does not hang on the database. */
const once = [
  'test/{architecture,bench,container,decisions,docs,migrating-from-fastapi,operations,readme,signing-in-from-an-app,transcripts}.spec.ts',
  'test/cli/!(user-import|user-export).spec.ts',
  'test/{openapi,protocol}/**/*.spec.ts',
  'test/keys/{lifecycle,rotation-under-load}.spec.ts',
  'test/platform/!(database|http|limits)/**/*.spec.ts',
  'test/platform/recent.spec.ts',
  'test/platform/database/serial-sqlite.spec.ts',
  'test/users/{password,username}*.spec.ts',
  'test/{auth/client-manager,clients/registration,independent/authlib}.spec.ts',
];
/** Runs the tools of this repository in a copy of it, which leaves nothing of the machine to others. */
const alone = ['test/adding-a-route.spec.ts'];
const browser = ['test/browser/**/*.spec.ts'];
/** Compares times, which is nothing for a busy machine: last, and one after the other. */
const timed = ['test/accounts/enumeration.spec.ts'];

/** All the rest: on SQLite, and with TEST_DATABASE_URL on PostgreSQL too. */
const onEachDatabase = {
  include: ['test/**/*.spec.ts'],
  exclude: [...once, ...alone, ...browser, ...timed],
};
const databases = process.env['TEST_DATABASE_URL'] ? ['sqlite', 'postgres'] : ['sqlite'];

export default defineConfig({
  test: {
    env: { NODE_ENV: 'test' },
    globalSetup: 'test/support/rsa-pair-setup.ts',
    // Two busy cores stretch what takes a second alone.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: '100%',
    projects: [
      // A child process takes seconds to start on a busy machine, and some tests start five.
      { extends: true, test: { name: 'once', include: once, testTimeout: 60_000 } },
      ...databases.map((name) => ({
        extends: true as const,
        test: { name, ...onEachDatabase, env: { TEST_DATABASE: name } },
      })),
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          globalSetup: ['test/support/rsa-pair-setup.ts', 'test/support/browser-setup.ts'],
          sequence: { groupOrder: 1 }, // after the others: a page waits badly on a busy machine
        },
      },
      { extends: true, test: { name: 'alone', include: alone, sequence: { groupOrder: 2 } } },
      ...databases.map((name, index) => ({
        extends: true as const,
        test: {
          name: `${name}-timed`,
          include: timed,
          env: { TEST_DATABASE: name },
          sequence: { groupOrder: 3 + index },
        },
      })),
    ],
  },
});
