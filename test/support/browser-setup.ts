import { browserIsLeftOut, WHERE } from './chromium.js';

/** Runs once before the browser tests, and says so when they are left out. */
export function setup(): void {
  if (!browserIsLeftOut()) return;
  process.stderr.write(`Browser tests are skipped, no Chromium is found: ${WHERE}\n`);
}
