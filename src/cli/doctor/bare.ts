import type { Terminal } from '../terminal.js';
import { type Found, foundBy, skipped } from './finding.js';
import { reportAsJson, reportAsText } from './report.js';
import { checkNativeModule, checkNode } from './runtime-checks.js';

/**
 * Where the native module of sqlite3 does not load, no command can be loaded either: says so, as `doctor` or in
 * the place of any other.
 *
 * @returns whether it does not
 */
export function explainMissingModule(
  args: readonly string[],
  { stdout, stderr }: Terminal,
): boolean {
  const sqlite3 = checkNativeModule();
  if (sqlite3.status !== 'fault') return false;
  const found: Found[] = [
    ...foundBy('node', [checkNode()]),
    ...foundBy('sqlite3', [sqlite3]),
    ...foundBy('the rest', [skipped('not looked at, as no command starts without that')]),
  ];
  if (args[0] !== 'doctor') stderr.write(`sqlite3: ${sqlite3.message}: ${sqlite3.remedy}\n`);
  else
    stdout.write(
      `${args.includes('--json') ? reportAsJson(found) : reportAsText(found, stdout)}\n`,
    );
  return true;
}
