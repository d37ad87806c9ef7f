import { type Command, Option } from 'commander';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm } from '../keys/key-pair.js';
import {
  type MadeKey,
  NextKeyWaiting,
  NoStoredKeys,
  Rotation,
  UnknownKey,
} from '../keys/rotation.js';
import { OPERATOR } from '../platform/audit/audit.js';
import { isoTime } from '../platform/clock.js';
import { Settings } from '../platform/settings/settings.js';
import { withContext } from './context.js';
import { addKeysList } from './keys-list.command.js';
import { printable, toJson } from './output.js';
import { Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

/** `keys`: what signs and verifies access tokens and id_tokens. A running server hears of a change within a second. */
export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command('keys')
    .description('list, rotate and revoke the keys that sign access tokens and id_tokens')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- keys rotate');
  addKeysList(keys, terminal);
  addKeysRotate(keys, terminal);
  addKeysRevoke(keys, terminal);
}

function addKeysRotate(keys: Command, { stdout }: Terminal): void {
  keys
    .command('rotate')
    .description(
      'make the next key, which signs once the JWKS has shown it for KEY_PUBLISH_SECONDS',
    )
    .addOption(
      new Option(
        '--algorithm <algorithm>',
        'of which kind; TOKEN_ALGORITHM signs access tokens, each of both id_tokens (default: TOKEN_ALGORITHM)',
      ).choices(ASYMMETRIC_ALGORITHMS),
    )
    .option('--json', 'as JSON: its kid, and when it signs')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm run hallpass -- keys rotate' +
        '\n  $ npm run hallpass -- keys rotate --algorithm RS256',
    )
    .action(async ({ algorithm, json }: { algorithm?: AsymmetricAlgorithm; json?: true }) => {
      const made = await withContext((context) =>
        context.get(Rotation).rotate(OPERATOR, algorithm).catch(refuse),
      );
      const { kid, signs_from } = shown(made);
      stdout.write(
        `${json ? toJson(shown(made)) : `Made the key ${kid}, which signs from ${signs_from}`}\n`,
      );
    });
}

function addKeysRevoke(keys: Command, { stdout }: Terminal): void {
  keys
    .command('revoke')
    .description('refuse a key and every token that it has signed, at once')
    .argument('<kid>', 'as keys list shows it')
    .option('--json', 'as JSON: the key, and the one that replaces it')
    .addHelpText(
      'after',
      '\nWhoever signed in with such a token gets a new one with the refresh token.' +
        '\n\nExample:\n  $ npm run hallpass -- keys revoke QJ4eGAVCIK7BFH0HwuDPsVIe3_x4pf6iyoZ3Y0cVQsI',
    )
    .action(async (kid: string, { json }: { json?: true }) => {
      const { replacement, publishSeconds } = await withContext(async (context) => ({
        replacement: await context
          .get(Rotation)
          .revoke(kid, OPERATOR)
          .catch((error: unknown) => refuse(error, kid)),
        publishSeconds: context.get(Settings).KEY_PUBLISH_SECONDS,
      }));
      if (json) {
        stdout.write(
          `${toJson({ revoked: kid, replacement: replacement ? shown(replacement) : null })}\n`,
        );
        return;
      }
      stdout.write(`The key ${kid} is revoked, and so is every token that it has signed\n`);
      if (replacement) stdout.write(`The new key ${replacement.kid} signs at once\n`);
      stdout.write(
        `Who verifies tokens by a copy of the JWKS goes by it for up to ${publishSeconds} seconds more\n`,
      );
    });
}

function shown({ kid, signsFrom }: MadeKey): { kid: string; signs_from: string } {
  return { kid, signs_from: isoTime(signsFrom) };
}

/** @throws {Refused} with the reason of a refusal, and what else went wrong as it is */
function refuse(error: unknown, kid = ''): never {
  if (error instanceof UnknownKey) throw new Refused(`There is no key ${printable(kid)}`);
  if (error instanceof NoStoredKeys || error instanceof NextKeyWaiting) {
    throw new Refused(error.message);
  }
  throw error;
}
