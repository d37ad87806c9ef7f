import { KeyStore } from '../../src/keys/key-store.js';
import { KeyWatch } from '../../src/keys/key-watch.js';
import { Keys } from '../../src/keys/keys.js';
import { Rotation } from '../../src/keys/rotation.js';
import { SigningKey } from '../../src/keys/signing-key.entity.js';
import { Audit } from '../../src/platform/audit/audit.js';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { Changes } from '../../src/platform/changes.js';
import { Clock } from '../../src/platform/clock.js';
import type { HallpassDataSource } from '../../src/platform/database/hallpass-data-source.js';
import { DerivedKeys } from '../../src/platform/settings/derived-keys.js';
import { loadSettings } from '../../src/platform/settings/load-settings.js';
import { TEST_SECRET } from './app.js';
import { ReadyKeyMaker } from './ready-keys.js';

export interface KeyProcess {
  readonly keys: Keys;
  readonly rotation: Rotation;
  readonly watch: KeyWatch;
  /** the kids that were announced as gone */
  readonly gone: string[];
}

/** The keys as one process has them, on a database that it shares with others; its timer is stopped. */
export async function bootKeys(
  dataSource: HallpassDataSource,
  env: Record<string, string> = {},
  clock = new Clock(),
): Promise<KeyProcess> {
  const settings = loadSettings({ NODE_ENV: 'test', AUTH_SECRET: TEST_SECRET, ...env });
  const rows = dataSource.getRepository(SigningKey);
  const store = new KeyStore(rows, settings, new DerivedKeys(settings), clock);
  const changes = new Changes();
  const gone: string[] = [];
  changes.listen(({ of, id }) => of === 'key' && gone.push(id));
  const keys = new Keys(store, settings, clock, changes);
  const audit = new Audit(dataSource.getRepository(AuditEntry), clock);
  const rotation = new Rotation(new ReadyKeyMaker(settings), store, keys, settings, clock, audit);
  const watch = new KeyWatch(keys, store, rotation, settings, clock);
  await watch.onModuleInit();
  await watch.onApplicationShutdown();
  return { keys, rotation, watch, gone };
}
