import type { Command } from 'commander';
import { KeyStore } from '../keys/key-store.js';
import { stateOf, verifiesUntil } from '../keys/lifecycle.js';
import type { SigningKey } from '../keys/signing-key.entity.js';
import { Clock, isoTime } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { withContext } from './context.js';
import { table, toJson } from './output.js';
import type { Terminal } from './terminal.js';

/** One key as the list shows it; every time is ISO 8601. */
interface ListedKey {
  readonly kid: string;
  readonly algorithm: string;
  readonly state: string;
  readonly created_at: string;
  readonly signs_from: string;
  /** null while it has no end */
  readonly verifies_until: string | null;
}

/** `keys list`: by algorithm, newest first. */
export function addKeysList(keys: Command, { stdout }: Terminal): void {
  keys
    .command('list')
    .description('list every key: what waits, signs, verifies, has ended or was revoked')
    .option('--json', 'as a JSON array')
    .addHelpText('after', '\nExample:\n  $ npm run --silent hallpass -- keys list --json')
    .action(async ({ json }: { json?: true }) => {
      const { listed, algorithm } = await withContext(async (context) => {
        const { TOKEN_ALGORITHM } = context.get(Settings);
        const stored = await context.get(KeyStore).all();
        const now = context.get(Clock).now();
        return {
          algorithm: TOKEN_ALGORITHM,
          listed: stored.map((key) => show(key, stored, now)),
        };
      });
      stdout.write(`${json ? toJson(listed) : describe(listed, algorithm)}\n`);
    });
}

function show(key: SigningKey, stored: readonly SigningKey[], now: number): ListedKey {
  const { kid, algorithm, createdAt, signsFrom } = key;
  const alike = stored.filter((other) => other.algorithm === algorithm);
  const until = verifiesUntil(key, alike);
  return {
    kid,
    algorithm,
    state: stateOf(key, alike, now),
    created_at: isoTime(createdAt),
    signs_from: isoTime(signsFrom),
    verifies_until: until === Infinity ? null : isoTime(until),
  };
}

function describe(keys: readonly ListedKey[], algorithm: string): string {
  const heading = ['KID', 'ALGORITHM', 'STATE', 'CREATED', 'SIGNS FROM', 'VERIFIES UNTIL'];
  const rows = keys.map((key) => [
    key.kid,
    key.algorithm,
    key.state,
    inSeconds(key.created_at),
    inSeconds(key.signs_from),
    key.verifies_until === null ? '-' : inSeconds(key.verifies_until),
  ]);
  const lines = rows.length > 0 ? [table([heading, ...rows])] : [];
  if (lines.length === 0)
    lines.push('There are no keys yet: the first start of the server makes them');
  if (algorithm === 'HS256')
    lines.push(
      'TOKEN_ALGORITHM=HS256 signs access tokens with JWT_SECRET, which is stored nowhere',
    );
  return lines.join('\n');
}

/** The times of keys are whole seconds. */
function inSeconds(time: string): string {
  return time.replace('.000Z', 'Z');
}
