import { ASYMMETRIC_ALGORITHMS } from '../../keys/key-pair.js';
import { KeyStore } from '../../keys/key-store.js';
import { isOld, keysIn, stateOf } from '../../keys/lifecycle.js';
import { SigningKey } from '../../keys/signing-key.entity.js';
import { type Clock, isoTime } from '../../platform/clock.js';
import type { HallpassDataSource } from '../../platform/database/hallpass-data-source.js';
import { findAuthSecrets } from '../../platform/settings/auth-secret.js';
import { DerivedKeys } from '../../platform/settings/derived-keys.js';
import type { Settings } from '../../platform/settings/settings.js';
import { SettingsError } from '../../platform/settings/settings-error.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import { inDatabase } from './patient.js';

const DAY = 86_400;
const NEEDED = ['TOKEN_ALGORITHM', 'DATABASE_URL', 'NODE_ENV', 'KEY_MAX_AGE_DAYS'] as const;

/** Whether the server can sign with what is stored, and what signs next. */
export const checkKeys = inDatabase(async (database, { settings, clock }) => {
  if (NEEDED.some((name) => settings[name] === undefined)) {
    return [skipped('not looked at, as settings that decide about them are at fault')];
  }
  return inspect(database, settings as Settings, clock);
});

async function inspect(
  database: HallpassDataSource,
  settings: Settings,
  clock: Clock,
): Promise<Finding[]> {
  const shared = describeShared(settings);
  const rows = database.getRepository(SigningKey);
  const stored = await rows.find({ order: { generation: 'DESC' } });
  const secrets = secretsOf(settings);
  if (!('list' in secrets)) return [...shared, secrets];
  if (stored.length === 0) return [...shared, ok('there are none yet: the first start makes them')];
  if (!secrets.list)
    return [
      ...shared,
      fault('AUTH_SECRET is not set, and data/auth-secret is not there', LIST_BOTH),
    ];
  const derived = new DerivedKeys({ ...settings, AUTH_SECRET: secrets.list });
  try {
    new KeyStore(rows, settings, derived, clock).refuseUnreadable(stored);
  } catch {
    return [
      ...shared,
      fault('AUTH_SECRET does not open the signing keys: the server does not start', LIST_BOTH),
    ];
  }
  const found = ASYMMETRIC_ALGORITHMS.flatMap((algorithm) => {
    const alike = stored.filter((key) => key.algorithm === algorithm);
    return alike.length > 0
      ? describeKeys(alike, settings, clock.now())
      : [ok(`there is none of ${algorithm} yet: the next start makes one`)];
  });
  return [...shared, ...found];
}

const LIST_BOTH =
  'add the secret that they were made with: AUTH_SECRET=new,old (where none was set, the old one is what data/auth-secret held)';

/** undefined where the first start makes one */
function secretsOf(settings: Settings): { list: readonly string[] | undefined } | Finding {
  try {
    return { list: findAuthSecrets(settings) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return fault(
      error.faults.join('; '),
      'make a secret with npm run hallpass -- secret, or find the old one',
    );
  }
}

/** With HS256, which is for access tokens alone: id_tokens have stored keys all the same. */
function describeShared({ TOKEN_ALGORITHM, JWT_SECRET = [] }: Settings): Finding[] {
  if (TOKEN_ALGORITHM !== 'HS256' || JWT_SECRET.length === 0) return [];
  return [ok(`HS256 signs access tokens with the first of ${JWT_SECRET.length} in JWT_SECRET`)];
}

function describeKeys(keys: readonly SigningKey[], settings: Settings, now: number): Finding[] {
  const [signing] = keysIn(['signing'], keys, now);
  const waiting = keysIn(['waiting'], keys, now).map(({ kid, signsFrom }) =>
    ok(`the next one, ${kid}, signs from ${isoTime(signsFrom)}`),
  );
  if (!signing) {
    const states = keys.map((key) => stateOf(key, keys, now));
    if (waiting.length > 0 && !states.includes('retired')) {
      return [
        fault('none signs yet: the clock is behind the one that made them', 'set the clock'),
        ...waiting,
      ];
    }
    return [warning('none signs: the next start makes one', 'start the server'), ...waiting];
  }
  const days = Math.floor((now - signing.signsFrom) / DAY);
  const says = `${signing.kid} (${signing.algorithm}) opens with AUTH_SECRET, and has signed for ${days} days`;
  const isOverdue = isOld(signing, settings.KEY_MAX_AGE_DAYS, now - DAY) && waiting.length === 0;
  return [
    isOverdue
      ? warning(
          `${says}, longer than KEY_MAX_AGE_DAYS`,
          'start the server, or run npm run hallpass -- keys rotate',
        )
      : ok(says),
    ...waiting,
  ];
}
