import type { Client } from '../clients/client.entity.js';
import { InvalidScope } from '../protocol/errors.js';
import { describeScope, missingScopes } from '../protocol/scope.js';
import type { UserRole } from '../users/user.entity.js';
import type { Principal } from './caller.js';

interface ScopeRule {
  /** what the docs say of it, and the consent page */
  readonly text: string;
  /** the role a user must have; machines get a scope by being registered with it */
  readonly role: UserRole | 'none';
  /** given when a client names no scope */
  readonly byDefault: boolean;
}

/** Every scope there is. A new one is a line here, and then a word in `@Authorize()`. */
export const SCOPES = {
  openid: { text: 'Sign you in with your account here', role: 'user', byDefault: false },
  profile: { text: 'Read your name', role: 'user', byDefault: true },
  email: { text: 'Read your e-mail address', role: 'user', byDefault: true },
  'items:read': { text: 'Read your items', role: 'user', byDefault: true },
  'tasks:read': { text: 'Read your tasks', role: 'user', byDefault: true },
  'tasks:write': { text: 'Create, change and delete your tasks', role: 'user', byDefault: true },
  'users:read': { text: 'Read every account', role: 'admin', byDefault: false },
  'users:write': { text: 'Create, change and delete accounts', role: 'admin', byDefault: false },
  'clients:read': { text: 'Read every client', role: 'admin', byDefault: false },
  'clients:write': { text: 'Create, change and delete clients', role: 'admin', byDefault: false },
  'audit:read': { text: 'Read the audit log', role: 'admin', byDefault: false },
  'tokens:introspect': { text: "Inspect other clients' tokens", role: 'none', byDefault: false },
} as const satisfies Record<string, ScopeRule>;

export type Scope = keyof typeof SCOPES;

export const ALL_SCOPES = Object.keys(SCOPES) as Scope[];

const OF_PERSONS: ReadonlySet<Scope> = new Set(['openid', 'profile', 'email']);

/**
 * Refuses what the client may not have. Looks at no user, so it is asked before a password is.
 *
 * @throws {InvalidScope} naming the first scope that is too much
 */
export function refuseBeyondClient(requested: readonly string[] | undefined, client: Client): void {
  const allowed = ALL_SCOPES.filter((scope) => clientMayHave(scope, client));
  refuse(missingScopes(requested ?? [], allowed));
}

/**
 * The scope of a new sign-in: what was asked for, or the usual ones.
 *
 * @throws {InvalidScope} when more was asked for than the user may have
 */
export function grantScope(
  requested: readonly string[] | undefined,
  client: Client,
  role: UserRole,
): readonly string[] {
  const allowed = ALL_SCOPES.filter((scope) => mayUse(scope, client, role));
  if (requested === undefined) return allowed.filter((scope) => SCOPES[scope].byDefault);
  refuse(missingScopes(requested, allowed));
  return requested;
}

/**
 * The scope of a client that acts for itself: what it was registered with, or less. RFC 6749 §4.4.
 *
 * @throws {InvalidScope} when more was asked for
 */
export function machineScope(
  requested: readonly string[] | undefined,
  client: Client,
): readonly string[] {
  const allowed = ALL_SCOPES.filter((scope) => machineMayUse(scope, client));
  refuse(missingScopes(requested ?? [], allowed));
  return requested ?? allowed;
}

/** What of a token's scope counts now: what its client, and the role of its user, may have. */
export function effectiveScope(scope: readonly string[], principal: Principal): string[] {
  return scope.filter((one) => isScope(one) && principalMayUse(one, principal));
}

/** Whether whoever is behind a token may do this now. */
export function principalMayUse(scope: Scope, principal: Principal): boolean {
  return principal.kind === 'user'
    ? mayUse(scope, principal.client, principal.user.role)
    : machineMayUse(scope, principal.client);
}

/** Whether a user of this role may do this through this client, now. */
export function mayUse(scope: Scope, client: Client, role: UserRole): boolean {
  return clientMayHave(scope, client) && roleMayHave(scope, role);
}

/** A person's identity is nothing that a machine has. */
function machineMayUse(scope: Scope, client: Client): boolean {
  return !OF_PERSONS.has(scope) && clientMayHave(scope, client);
}

/** What a client may have, one by one. */
export function scopesOf({ scopes }: Pick<Client, 'scopes'>): readonly string[] {
  return scopes === 'unrestricted'
    ? ALL_SCOPES.filter((scope) => SCOPES[scope].role !== 'none')
    : scopes;
}

/**
 * What keeps a client from being registered with its scopes.
 *
 * @returns to be read after "scopes"; undefined when they are good
 */
export function clientScopesFault({
  scopes,
  confidential,
}: Pick<Client, 'scopes' | 'confidential'>): string | undefined {
  if (scopes === 'unrestricted') return undefined;
  if (!scopes.every(isScope)) return `must be among ${ALL_SCOPES.join(', ')}`;
  if (new Set(scopes).size < scopes.length) return 'must not hold a scope twice';
  const ofMachines = scopes.find((scope) => SCOPES[scope].role === 'none');
  return ofMachines && !confidential
    ? `may hold ${ofMachines} only for a confidential client`
    : undefined;
}

function isScope(text: string): text is Scope {
  return Object.hasOwn(SCOPES, text);
}

/** Scopes with role `none` are for machines, which are registered with each one they have. */
function clientMayHave(scope: Scope, { scopes }: Client): boolean {
  return scopes === 'unrestricted' ? SCOPES[scope].role !== 'none' : scopes.includes(scope);
}

function roleMayHave(scope: Scope, role: UserRole): boolean {
  const needed: UserRole | 'none' = SCOPES[scope].role;
  return needed === 'user' || needed === role;
}

function refuse(missing: readonly string[]): void {
  const [first] = missing;
  if (first !== undefined) throw new InvalidScope(describeScope(first));
}
