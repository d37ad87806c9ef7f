import { explain } from '../../boot/start-failure.js';
import type { Clock } from '../../platform/clock.js';
import { inspectSettings, readEnvironment } from '../../platform/settings/load-settings.js';
import type { Settings } from '../../platform/settings/settings.js';
import { SettingsError } from '../../platform/settings/settings-error.js';
import { checkAddress } from './address-check.js';
import { checkDatabase, openForInspection } from './database-checks.js';
import { fault, type Finding, type Found, foundBy, ok, skipped } from './finding.js';
import { checkKeys } from './keys-check.js';
import { checkMail } from './mail-check.js';
import type { Check, Patient } from './patient.js';
import { checkNativeModule, checkNode } from './runtime-checks.js';
import { damaged } from './sqlite-checks.js';
import { checkAdministrators, checkClock, checkMigrations } from './stored-checks.js';

/** Looks at everything that a server stands on, and changes nothing. A fault of one check stops no other. */
export async function examine(clock: Clock): Promise<Found[]> {
  const runtime = [...foundBy('node', [checkNode()]), ...foundBy('sqlite3', [checkNativeModule()])];
  const inspected = inspect();
  if (inspected instanceof SettingsError) {
    return [
      ...runtime,
      ...foundBy('settings', [fault(inspected.faults.join('; '), 'mend the file')]),
      ...foundBy('the rest', [skipped('not looked at, as nothing is known of the settings')]),
    ];
  }
  const { settings, faults } = inspected;
  return [...runtime, ...settingsFound(faults), ...(await examineWith(settings, faults, clock))];
}

/** All but the runtime and the settings themselves. */
export async function examineWith(
  settings: Partial<Settings>,
  faults: readonly string[],
  clock: Clock,
): Promise<Found[]> {
  const { findings, database } = await openForInspection(settings.DATABASE_URL);
  const patient: Patient = { settings, clock, database };
  const asked: readonly (readonly [name: string, check: Check])[] = [
    ['address', checkAddress],
    ['database', checkOpened(findings)],
    ['migrations', checkMigrations],
    ['clock', checkClock],
    ['keys', checkKeys],
    ['administrators', checkAdministrators],
    ['mail', (whose) => checkMail(whose, faults)],
  ];
  const found: Found[] = [];
  try {
    for (const [name, check] of asked) found.push(...foundBy(name, await carryOut(check, patient)));
    return found;
  } finally {
    if (database) await database.destroy();
  }
}

function checkOpened(findings: readonly Finding[]): Check {
  return async ({ database, settings: { DATABASE_URL = '' }, clock }) => [
    ...findings,
    ...(database
      ? await checkDatabase(database, DATABASE_URL, clock).catch((error: unknown) => [
          unreadable(error, DATABASE_URL),
        ])
      : []),
  ];
}

/** What a check did not foresee is a fault too, in words that hold no secret. */
async function carryOut(check: Check, patient: Patient): Promise<readonly Finding[]> {
  try {
    return await check(patient);
  } catch (error) {
    const { DATABASE_URL = '' } = patient.settings;
    return [unreadable(error, DATABASE_URL)];
  }
}

function unreadable(error: unknown, url: string): Finding {
  const code = (error as { driverError?: { code?: unknown } }).driverError?.code;
  if (code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB') {
    return damaged(url.replace(/^sqlite:/, ''), `SQLite cannot read it (${code})`);
  }
  return fault(`it cannot be told: ${explain(error)}`, 'mend the faults above first');
}

function settingsFound(faults: readonly string[]): Found[] {
  if (faults.length === 0) return foundBy('settings', [ok('every one has a value that it takes')]);
  const remedy = 'change it in the environment or in .env (docs/configuration.md)';
  return foundBy(
    'settings',
    faults.map((text) => fault(text, remedy)),
  );
}

function inspect() {
  try {
    return inspectSettings(readEnvironment());
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
}
