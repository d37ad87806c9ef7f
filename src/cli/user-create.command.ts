import { type Command, Option } from 'commander';
import { OPERATING } from '../auth/client-manager.js';
import { emailFault, fullNameFault } from '../users/profile.js';
import { ROLES, type UserRole } from '../users/user.entity.js';
import { usernameFault } from '../users/username.js';
import { UserDto } from '../users/user.dto.js';
import { UsersService } from '../users/users.service.js';
import { administerUsers } from './administer-users.js';
import {
  newPasswordFault,
  type PasswordOptions,
  passwordStdinOption,
  readNewPassword,
  requirePasswordSource,
} from './new-password.js';
import { toJson } from './output.js';
import { Misused, refuseFaults } from './refusal.js';
import type { Terminal } from './terminal.js';

interface CreateOptions extends PasswordOptions {
  readonly email?: string;
  readonly fullName?: string;
  readonly role: UserRole;
  readonly invite?: true;
  readonly json?: true;
}

/** `user create`: asks for the password only once everything else is good. */
export function addUserCreate(user: Command, terminal: Terminal): void {
  user
    .command('create')
    .description('create an account')
    .argument('<username>', 'its name; with an @ only if it is the e-mail address')
    .option('--email <address>', 'e-mail address')
    .option('--full-name <name>', 'name of the person')
    .addOption(
      new Option('--role <role>', 'what the account may do').choices(ROLES).default('user'),
    )
    .addOption(passwordStdinOption().conflicts('invite'))
    .option('--invite', 'mail a link to choose the password to the e-mail address')
    .option('--json', 'as JSON, what GET /users/:id answers')
    .addHelpText(
      'after',
      '\nExamples:\n  $ npm run hallpass -- user create alice --email alice@example.com --role admin' +
        '\n  $ npm run hallpass -- user create dave --email dave@example.com --invite',
    )
    .action((username: string, options: CreateOptions) => create(username, options, terminal));
}

async function create(username: string, options: CreateOptions, terminal: Terminal): Promise<void> {
  if (options.invite) return invite(username, options, terminal);
  requirePasswordSource(options, terminal);
  const account = await administerUsers(async (administration, context) => {
    const users = context.get(UsersService);
    const faults = [...accountFaults(username, options), await takenFault(users, username)];
    if (!options.passwordStdin) refuseFaults(faults); // nobody types a password twice in vain
    const password = await readNewPassword(options, terminal);
    const owner = { username, ...options };
    refuseFaults([...faults, await newPasswordFault(password, owner, context)]);
    return administration.create({ ...owner, password, emailVerified: true }, OPERATING);
  });
  const created = `Created ${account.username} (${account.role})`;
  terminal.stdout.write(`${options.json ? toJson(UserDto.from(account)) : created}\n`);
}

async function invite(username: string, options: CreateOptions, { stdout }: Terminal) {
  const { email } = options;
  if (email === undefined) throw new Misused('--invite needs --email: the link is mailed there');
  const account = await administerUsers((administration) => {
    refuseFaults(accountFaults(username, options));
    return administration.invite({ username, ...options, email }, OPERATING);
  });
  const created = `Created ${account.username} (${account.role}), and a link is mailed to ${email}`;
  stdout.write(`${options.json ? toJson(UserDto.from(account)) : created}\n`);
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
  return (await users.findByUsername(username)) ? 'The username is taken' : undefined;
}
