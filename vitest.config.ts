import { defineConfig } from 'vitest/config';

/** What touches no database runs once; the rest runs on SQLite and, with TEST_DATABASE_URL, on PostgreSQL too. */
const withoutDatabase = ['test/*.spec.ts', 'test/protocol/**', 'test/platform/settings/**'];
const onceOnly = [...withoutDatabase, 'test/browser/**', 'test/cli/**'];

const postgres = process.env['TEST_DATABASE_URL']
  ? [
      {
        extends: true as const,
        test: {
          name: 'postgres',
          include: ['test/**/*.spec.ts'],
          exclude: onceOnly
            .filter((pattern) => pattern !== 'test/*.spec.ts')
            .concat('test/architecture.spec.ts'),
          env: { TEST_DATABASE: 'postgres' },
        },
      },
    ]
  : [];

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 30_000,
    env: { NODE_ENV: 'test' },
    projects: [
      {
        extends: true,
        test: { name: 'sqlite', include: ['test/**/*.spec.ts'], exclude: ['test/browser/**'] },
      },
      ...postgres,
      { extends: true, test: { name: 'browser', include: ['test/browser/**/*.spec.ts'] } },
    ],
  },
});
