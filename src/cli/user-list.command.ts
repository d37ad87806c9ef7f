import type { Command } from 'commander';
import { isoTime } from '../platform/clock.js';
import { UserDto } from '../users/user.dto.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { jsonList, print, tableOf } from './stream.js';
import type { Terminal } from './terminal.js';

/** `user list`: in the order in which the accounts were made. */
export function addUserList(user: Command, { stdout }: Terminal): void {
  user
    .command('list')
    .description('list every account')
    .option('--json', 'as a JSON array of what GET /users/me shows of an account')
    .addHelpText('after', '\nExample:\n  $ npm run --silent hallpass -- user list --json')
    .action(({ json }: { json?: true }) =>
      withContext((context) => {
        const users = context.get(UsersService);
        return print(
          json ? jsonList(shown(users)) : tableOf(HEADING, () => rows(users), NONE),
          stdout,
        );
      }),
    );
}

const HEADING = ['USERNAME', 'ROLE', 'DISABLED', 'EMAIL', 'CREATED'];
const NONE = 'There are no users yet';

async function* shown(users: UsersService): AsyncGenerator<UserDto> {
  for await (const user of users.each()) yield UserDto.from(user);
}

async function* rows(users: UsersService): AsyncGenerator<string[]> {
  for await (const { username, role, disabled, email, createdAt } of users.each()) {
    const created = isoTime(createdAt).replace('.000Z', 'Z'); // accounts keep whole seconds
    yield [username, role, disabled ? 'yes' : 'no', email ?? '-', created];
  }
}
