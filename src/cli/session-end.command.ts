import type { INestApplicationContext } from '@nestjs/common';
import { type Command, Option } from 'commander';
import { ClientEpochs } from '../clients/client-epochs.js';
import { OPERATOR } from '../platform/audit/audit.js';
import { MassEnd } from '../sessions/mass-end.js';
import { Sessions } from '../sessions/sessions.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import { printable } from './output.js';
import { Misused, Refused } from './refusal.js';
import type { Terminal } from './terminal.js';

interface EndOptions {
  readonly user?: string;
  readonly all?: true;
}

type Work = (context: INestApplicationContext) => Promise<string>;

/** `session end`: a running server hears of it within a second. */
export function addSessionEnd(session: Command, { stdout }: Terminal): void {
  session
    .command('end')
    .description('end one session, those of an account, or all of them')
    .argument('[id]', 'the id of one session')
    .addOption(new Option('--user <username>', 'every session of this account').conflicts('all'))
    .option('--all', 'everyone’s, and the tokens of machines too: after restoring a backup')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm run hallpass -- session end --user alice' +
        '\n  $ npm run hallpass -- session end --all',
    )
    .action(async (id: string | undefined, options: EndOptions) => {
      stdout.write(`${await withContext(chosen(id, options))}\n`);
    });
}

/** @throws {Misused} unless it is said exactly once what to end */
function chosen(id: string | undefined, { user, all }: EndOptions): Work {
  if (id !== undefined && (user !== undefined || all)) {
    throw new Misused('Name one session by its id, or use --user or --all: not both');
  }
  if (id !== undefined) return (context) => endOne(context, id);
  if (user !== undefined) return (context) => endOfUser(context, user);
  if (all) return endAll;
  throw new Misused('Say what to end: the id of a session, --user <username>, or --all');
}

async function endOne(context: INestApplicationContext, id: string): Promise<string> {
  const sessions = context.get(Sessions);
  const session = await sessions.load(id);
  const ended = session && (await sessions.end(session, 'ended_by_operator', OPERATOR));
  if (!ended) throw new Refused(`There is no live session ${printable(id)}`);
  return `The session ${id} has ended`;
}

async function endOfUser(context: INestApplicationContext, name: string): Promise<string> {
  const users = context.get(UsersService);
  const { id, username } = await findUser(users, name);
  await users.endSessions(id);
  await context.get(MassEnd).explain({ userId: id }, 'ended_by_operator', OPERATOR);
  return `Every session of ${username} has ended`;
}

/** A restored backup has revived what had ended since, of people and of machines. */
async function endAll(context: INestApplicationContext): Promise<string> {
  await context.get(UsersService).endAllSessions();
  await context.get(ClientEpochs).endAll();
  await context.get(MassEnd).explain('everyone', 'ended_by_operator', OPERATOR);
  return 'Every session and every token has ended';
}
