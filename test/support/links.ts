import type { LinkPurpose } from '../../src/users/account-link.entity.js';
import { AccountLinks } from '../../src/users/account-links.js';
import type { User } from '../../src/users/user.entity.js';
import type { TestApp } from './app.js';

/** The token of a link as it is mailed to a person, at the address of the account. */
export function linkFor({ app }: TestApp, user: User, purpose: LinkPurpose): Promise<string> {
  return app.get(AccountLinks).issue(user, purpose, user.email as string);
}
