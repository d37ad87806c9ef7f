import { type Command, Option } from 'commander';
import { Settings } from '../platform/settings/settings.js';
import { emailFault, fullNameFault } from '../users/profile.js';
import type { User, UserRole } from '../users/user.entity.js';
import { usernameFault } from '../users/username.js';
import { type NewUser, UsernameTaken, UsersService } from '../users/users.service.js';
import { withContext } from './context.js';
import {
  newPasswordFault,
  type PasswordOptions,
  passwordStdinOption,
  readNewPassword,
  requirePasswordSource,
} from './new-password.js';
import { Refused, refuseFaults } from './refusal.js';
import type { Terminal } from './terminal.js';

interface CreateOptions extends PasswordOptions {
  readonly email?: string;
  readonly fullName?: string;
  readonly role: UserRole;
}

const TAKEN = 'The username is taken';

/** `user create`: asks for the password only once everything else is good. */
export function addUserCreate(user: Command, terminal: Terminal): void {
  user
    .command('create')
    .description('create an account')
    .argument('<username>', 'its name; with an @ only if it is the e-mail address')
    .option('--email <address>', 'e-mail address')
    .option('--full-name <name>', 'name of the person')
    .addOption(
      new Option('--role <role>', 'what the account may do')
        .choices(['user', 'admin'])
        .default('user'),
    )
    .addOption(passwordStdinOption())
    .addHelpText(
      'after',
      '\nExample:\n  $ npm run hallpass -- user create alice --email alice@example.com --role admin',
    )
    .action((username: string, options: CreateOptions) => create(username, options, terminal));
}

async function create(username: string, options: CreateOptions, terminal: Terminal): Promise<void> {
  requirePasswordSource(options, terminal);
  const account = await withContext(async (context) => {
    const users = context.get(UsersService);
    const faults = [...accountFaults(username, options), await takenFault(users, username)];
    if (!options.passwordStdin) refuseFaults(faults); // nobody types a password twice in vain
    const password = await readNewPassword(options, terminal);
    refuseFaults([...faults, newPasswordFault(password, context.get(Settings))]);
    return insert(users, { username, password, ...options });
  });
  terminal.stdout.write(`Created ${account.username} (${account.role})\n`);
}

function accountFaults(username: string, { email, fullName }: CreateOptions) {
  return [
    named('username', usernameFault(username, email)),
    named('e-mail', email === undefined ? undefined : emailFault(email)),
    named('full name', fullName === undefined ? undefined : fullNameFault(fullName)),
  ];
}

function named(field: string, fault: string | undefined): string | undefined {
  return fault && `The ${field} ${fault}`;
}

async function takenFault(users: UsersService, username: string): Promise<string | undefined> {
  return (await users.findByUsername(username)) ? TAKEN : undefined;
}

/** The name was free a moment ago; the unique index has the last word. */
async function insert(users: UsersService, account: NewUser): Promise<User> {
  try {
    return await users.create(account);
  } catch (error) {
    throw error instanceof UsernameTaken ? new Refused(TAKEN) : error;
  }
}
