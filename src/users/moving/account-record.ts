import { hashFault, UNUSABLE_HASH } from '../hashes/kinds.js';
import { emailFault, emailKey, fullNameFault } from '../profile.js';
import { ROLES, type User, type UserRole } from '../user.entity.js';
import { normalizeUsername, usernameFault, usernameKey } from '../username.js';

/** What a file says of an account, in the order in which we write it. */
export const FIELDS = [
  'username',
  'email',
  'email_verified',
  'full_name',
  'role',
  'disabled',
  'hashed_password',
] as const;

/** What a file has to say of each. A hash may be empty, but not forgotten. */
export const REQUIRED_FIELDS = ['username', 'hashed_password'] as const;

export type Field = (typeof FIELDS)[number];

/** Of CSV all values are texts; of JSON they are what they are. */
export type AccountRecord = Readonly<Partial<Record<Field, unknown>>>;

export type ImportedAccount = Pick<
  User,
  | 'username'
  | 'usernameKey'
  | 'email'
  | 'verifiedEmailKey'
  | 'fullName'
  | 'role'
  | 'disabled'
  | 'passwordHash'
>;

/** In any case; `t` and `f` are what PostgreSQL writes. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', '1'].map((word) => [word, true] as const),
  ...['false', 'f', 'no', '0'].map((word) => [word, false] as const),
]);

/** @returns the account, or all that keeps the record from being one; none of it repeats a value */
export function readAccount(record: AccountRecord): ImportedAccount | readonly string[] {
  const faults: string[] = [];
  const refuse = (field: Field, fault: string | undefined) => {
    if (fault !== undefined) faults.push(`${field} ${fault}`);
  };
  const text = (field: Field) => {
    const value = record[field] ?? '';
    if (typeof value === 'string') return value;
    refuse(field, 'must be a text');
    return '';
  };
  const flag = (field: Field, otherwise: boolean) => {
    const value = record[field] ?? '';
    const meant = value === '' ? otherwise : FLAGS.get(String(value).toLowerCase());
    if (meant === undefined) refuse(field, 'must be true or false');
    return meant ?? otherwise;
  };

  for (const field of REQUIRED_FIELDS) if (!(field in record)) refuse(field, 'is missing');
  const username = text('username');
  const email = text('email') || null;
  const fullName = text('full_name') || null;
  const role = text('role') || 'user';
  const emailVerified = flag('email_verified', true);
  const disabled = flag('disabled', false);
  const hash = text('hashed_password');

  if (faults.length > 0) return faults;
  refuse('username', usernameFault(username, email ?? undefined));
  if (email !== null) refuse('email', emailFault(email));
  if (fullName !== null) refuse('full_name', fullNameFault(fullName));
  if (!isRole(role)) refuse('role', `must be ${ROLES.join(' or ')}`);
  if (!isNone(hash)) refuse('hashed_password', hashFault(hash));
  if (faults.length > 0 || !isRole(role)) return faults;
  return {
    username: normalizeUsername(username),
    usernameKey: usernameKey(username),
    email,
    verifiedEmailKey: email !== null && emailVerified ? emailKey(email) : null,
    fullName,
    role,
    disabled,
    passwordHash: isNone(hash) ? UNUSABLE_HASH : hash,
  };
}

/** The same account as it is written, so that it can be read again. */
export function recordOf(user: User): Readonly<Record<Field, string | boolean | null>> {
  return {
    username: user.username,
    email: user.email,
    email_verified: user.verifiedEmailKey !== null,
    full_name: user.fullName,
    role: user.role,
    disabled: user.disabled,
    hashed_password: isNone(user.passwordHash) ? null : user.passwordHash,
  };
}

/** Django writes an exclamation mark and random characters where nobody can sign in. */
function isNone(hash: string): boolean {
  return hash === '' || hash.startsWith(UNUSABLE_HASH);
}

function isRole(text: string): text is UserRole {
  return (ROLES as readonly string[]).includes(text);
}
