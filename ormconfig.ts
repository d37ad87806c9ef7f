import { existsSync } from 'node:fs';
import { createDataSource } from './src/data-source.js';

if (existsSync('.env')) process.loadEnvFile('.env');

/** What TypeORM's own command works on. */
export const dataSource = createDataSource(
  process.env['DATABASE_URL'] ?? 'sqlite:data/hallpass.sqlite',
);
