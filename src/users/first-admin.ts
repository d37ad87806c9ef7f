import { randomBytes } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Audit, SYSTEM } from '../platform/audit/audit.js';
import { newId } from '../platform/ids.js';
import { Settings } from '../platform/settings/settings.js';
import { SettingsError } from '../platform/settings/settings-error.js';
import { PasswordPolicy } from './password-policy.js';
import { usernameFault } from './username.js';
import { UsernameTaken } from './refusals.js';
import { UsersService } from './users.service.js';

/** How the first administrator came to be, and where the password is to be found. */
export type FirstAdminReport =
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly passwordFile: string }
  | { readonly username: string };

const DIRECTORY = 'data';

/** Where the password of the first administrator is, when nobody was there to be shown it. */
export const INITIAL_PASSWORD = join(DIRECTORY, 'initial-admin-password');

/** Makes the administrator of a database without users. */
@Injectable()
export class FirstAdmin {
  constructor(
    private readonly users: UsersService,
    private readonly policy: PasswordPolicy,
    private readonly settings: Settings,
    private readonly audit: Audit,
  ) {}

  /**
   * Of several processes starting together one makes the account, and only that one reports.
   *
   * @param onTerminal whether the report reaches a person, so that a generated password need not go to a file
   * @returns null when there was nothing to do
   * @throws {SettingsError} in production without ADMIN_PASSWORD, and for an ADMIN_USERNAME or ADMIN_PASSWORD that is none
   */
  async ensure(onTerminal: boolean): Promise<FirstAdminReport | null> {
    if (!(await this.users.isEmpty())) return null;
    const { ADMIN_USERNAME: username, ADMIN_PASSWORD, NODE_ENV } = this.settings;
    const fault = usernameFault(username);
    if (fault) throw new SettingsError([`ADMIN_USERNAME ${fault}`]);
    if (ADMIN_PASSWORD !== undefined) {
      const weakness = await this.policy.faultOf(ADMIN_PASSWORD, { username });
      if (weakness) throw new SettingsError([`ADMIN_PASSWORD ${weakness}`]);
      return (await this.create(username, ADMIN_PASSWORD)) ? { username } : null;
    }
    if (NODE_ENV === 'production') {
      throw new SettingsError([
        'ADMIN_PASSWORD is not set, and production needs it for the first start, while the database has no users; it may be removed after (or make one with npm run hallpass -- user create admin --role admin)',
      ]);
    }
    const password = randomBytes(15).toString('base64url');
    if (!onTerminal) return this.createWithFile(username, password);
    return (await this.create(username, password)) ? { username, password } : null;
  }

  private async create(username: string, password: string): Promise<boolean> {
    try {
      const { id } = await this.users.create({ username, password, role: 'admin' });
      const created = { event: 'user.created', by: SYSTEM, reason: 'first_administrator' } as const;
      await this.audit.record({ ...created, subject: `user:${id}`, userId: id });
      return true;
    } catch (error) {
      if (error instanceof UsernameTaken) return false;
      throw error;
    }
  }

  /** The password is on disk before the account is in the database, so a crash never leaves one without the other. */
  private async createWithFile(
    username: string,
    password: string,
  ): Promise<FirstAdminReport | null> {
    await mkdir(DIRECTORY, { recursive: true, mode: 0o700 });
    const draft = `${INITIAL_PASSWORD}.${newId()}`;
    await writeFile(draft, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true });
    let created = false;
    try {
      created = await this.create(username, password);
    } finally {
      if (!created) await rm(draft);
    }
    if (!created) return null;
    return { username, passwordFile: await publish(draft, INITIAL_PASSWORD) };
  }
}

/**
 * Gives the file its proper name, unless one is there: another database's password, perhaps, which
 * nobody could read again.
 *
 * @returns the name that it has now
 */
async function publish(draft: string, passwordFile: string): Promise<string> {
  try {
    await link(draft, passwordFile);
  } catch {
    return draft;
  }
  await rm(draft);
  return passwordFile;
}
