import { DataSource } from 'typeorm';
import { Audit } from '../../src/platform/audit/audit.js';
import { Purge } from '../../src/tokens/purge.js';
import type { TestApp } from './app.js';

/** What `npm run hallpass -- purge` runs, at the time of the test's clock. */
export function purgeOf(
  { app, clock, settings }: TestApp,
  changes: Partial<TestApp['settings']> = {},
): Purge {
  return new Purge(app.get(DataSource), clock, { ...settings, ...changes }, app.get(Audit));
}
