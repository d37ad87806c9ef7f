import type { HallpassDataSource } from '../../platform/database/hallpass-data-source.js';
import type { Clock } from '../../platform/clock.js';
import type { Settings } from '../../platform/settings/settings.js';
import { type Finding, skipped } from './finding.js';

/** What is examined. */
export interface Patient {
  /** those that are faulty are undefined */
  readonly settings: Partial<Settings>;
  readonly clock: Clock;
  /** null where there is none to look into, which the check of the database has told */
  readonly database: HallpassDataSource | null;
}

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

/** Looks into the database, where it can be. */
export function inDatabase(
  look: (database: HallpassDataSource, patient: Patient) => Promise<readonly Finding[]>,
): Check {
  return async (patient) => {
    const { database } = patient;
    if (!database) return [skipped('not looked at, as there is no database to look into')];
    try {
      return await look(database, patient);
    } catch (error) {
      if (!(await database.hasPendingMigrations())) throw error;
      return [skipped('not looked at, as the tables are not yet those of this version')];
    }
  };
}
