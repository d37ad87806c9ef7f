import type { Command } from 'commander';
import { isoTime } from '../platform/clock.js';
import { UserDto } from '../users/user.dto.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import { table, toJson } from './output.js';
import type { Terminal } from './terminal.js';

/** `user list`: in the order in which the accounts were made. */
export function addUserList(user: Command, { stdout }: Terminal): void {
  user
    .command('list')
    .description('list every account')
    .option('--json', 'as a JSON array of what GET /users/me shows of an account')
    .addHelpText('after', '\nExample:\n  $ npm run --silent hallpass -- user list --json')
    .action(async ({ json }: { json?: true }) => {
      const users = await withContext((context) => context.get(UsersService).list());
      stdout.write(`${json ? toJson(users.map(UserDto.from)) : describe(users)}\n`);
    });
}

function describe(users: readonly User[]): string {
  if (users.length === 0) return 'There are no users yet';
  const rows = users.map(({ username, role, disabled, email, createdAt }) => [
    username,
    role,
    disabled ? 'yes' : 'no',
    email ?? '-',
    isoTime(createdAt).replace('.000Z', 'Z'), // accounts keep whole seconds
  ]);
  return table([['USERNAME', 'ROLE', 'DISABLED', 'EMAIL', 'CREATED'], ...rows]);
}
