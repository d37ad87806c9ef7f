import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { deviceName } from '../accounts/device-name.js';
import { isoTime } from '../platform/clock.js';
import { LiveSessions } from '../sessions/live-sessions.js';
import type { Session } from '../sessions/session.entity.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { findUser } from './find-user.js';
import { jsonList, print, tableOf } from './stream.js';
import type { Terminal } from './terminal.js';

interface ListOptions {
  readonly user?: string;
  readonly json?: true;
}

type Shown = ReturnType<typeof shown>;

/** `session list`: the newest first. */
export function addSessionList(session: Command, { stdout }: Terminal): void {
  session
    .command('list')
    .description('list the live sessions')
    .option('--user <username>', 'only those of this account')
    .option('--json', 'as a JSON array of what GET /users/me/sessions shows, and whose it is')
    .addHelpText('after', '\nExample:\n  $ npm run hallpass -- session list --user alice')
    .action(({ user, json }: ListOptions) =>
      withContext(async (context) => {
        const whose = await whoseOf(context, user);
        const sessions = () => each(context.get(LiveSessions), whose);
        await print(
          json ? jsonList(sessions()) : tableOf(HEADING, () => rows(sessions()), NONE),
          stdout,
        );
      }),
    );
}

const HEADING = ['ID', 'USER', 'CLIENT', 'DEVICE', 'CREATED', 'LAST USED', 'EXPIRES'];
const NONE = 'There are no live sessions';

async function whoseOf(context: INestApplicationContext, username: string | undefined) {
  if (username === undefined) return {};
  return { userId: (await findUser(context.get(UsersService), username)).id };
}

async function* each(live: LiveSessions, whose: { userId?: string }): AsyncGenerator<Shown> {
  for await (const session of live.each(whose)) yield shown(session);
}

async function* rows(sessions: AsyncIterable<Shown>): AsyncGenerator<string[]> {
  for await (const session of sessions) {
    yield [
      session.id,
      session.username,
      session.client_id,
      session.device ?? '-',
      ...[session.created_at, session.last_used_at, session.expires_at].map(wholeSeconds),
    ];
  }
}

function shown(session: Session) {
  return {
    id: session.id,
    user_id: session.userId,
    username: session.user.username,
    client_id: session.clientId,
    scope: session.scope,
    device: deviceName(session.userAgent),
    ip: session.ip,
    created_at: isoTime(session.createdAt),
    last_used_at: isoTime(session.lastUsedAt),
    expires_at: isoTime(session.expiresAt),
  };
}

function wholeSeconds(time: string): string {
  return time.replace('.000Z', 'Z'); // sessions keep no others
}
