import { describe, expect, it } from 'vitest';
import { beyondReach, OPERATING, reachOf } from '../../src/auth/client-manager.js';
import { clientScopesFault, scopesOf } from '../../src/auth/scopes.js';
import type { Caller } from '../../src/auth/caller.js';

describe('beyondReach', () => {
  const client = { id: 'c1', firstParty: false, scopes: ['tasks:read'] };
  const machine = { reach: ['clients:write', 'tasks:read'] };

  it.each([
    ['the command line, whatever the client', { ...client, firstParty: true }, OPERATING],
    ['a machine, for a scope that it has', client, machine],
    ['a machine, for no scope at all', { ...client, scopes: [] }, machine],
  ])('is nothing for %s', (_what, managed, manager) => {
    expect(beyondReach(managed, manager)).toBeUndefined();
  });

  it.each([
    ['a scope that it lacks', { ...client, scopes: ['users:write'] }, /users:write is beyond/],
    ['every scope', { ...client, scopes: 'unrestricted' as const }, /openid is beyond/],
    ['a first-party client', { ...client, firstParty: true }, /first-party/],
    ['the built-in client', { ...client, id: 'hallpass' }, /built-in/],
  ])('is, for a machine, %s', (_what, managed, reason) => {
    expect(beyondReach(managed, machine)).toMatch(reason);
  });
});

describe('reachOf', () => {
  const client = { scopes: ['clients:write', 'tasks:read'] };
  const caller = (kind: string, scope: string) =>
    ({ principal: { kind, client }, scope }) as unknown as Caller;

  it('is everything for a user', () => {
    expect(reachOf(caller('user', 'clients:write'))).toBe('all');
  });

  it('is for a machine what its token has, and of that what its client may have now', () => {
    expect(reachOf(caller('machine', 'clients:write users:write'))).toEqual(['clients:write']);
  });
});

describe('clientScopesFault', () => {
  it.each([
    [['tasks:read', 'users:write'], false],
    [['tokens:introspect'], true],
    [[], false],
    ['unrestricted' as const, false],
  ])('takes %j with confidential %s', (scopes, confidential) => {
    expect(clientScopesFault({ scopes, confidential })).toBeUndefined();
  });

  it.each([
    [['tasks:everything'], true, 'must be among'],
    [['toString'], true, 'must be among'],
    [['*'], true, 'must be among'],
    [['tasks:read', 'tasks:read'], true, 'twice'],
    [['tokens:introspect'], false, 'tokens:introspect only for a confidential client'],
  ])('refuses %j with confidential %s', (scopes, confidential, reason) => {
    expect(clientScopesFault({ scopes, confidential })).toContain(reason);
  });
});

describe('scopesOf', () => {
  it('shows what is unrestricted as all that a user may have', () => {
    const all = scopesOf({ scopes: 'unrestricted' });
    expect(all).toContain('clients:write');
    expect(all).not.toContain('tokens:introspect');
    expect(scopesOf({ scopes: ['tasks:read'] })).toEqual(['tasks:read']);
  });
});
