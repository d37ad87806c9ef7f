import { describe, expect, it } from 'vitest';
import { type Registration, registrationFaults } from '../../src/clients/registration.js';

const MACHINE: Registration = {
  name: 'Report builder',
  confidential: true,
  firstParty: false,
  grants: ['client_credentials'],
  scopes: ['tasks:read'],
  redirectUris: [],
  postLogoutRedirectUris: [],
  idTokenSignedResponseAlg: 'RS256',
};
const CALLBACK = ['https://app.example.com/cb'];

const faultsOf = (changes: Partial<Registration>) =>
  Object.entries(registrationFaults({ ...MACHINE, ...changes })).flatMap(([field, fault]) =>
    fault === undefined ? [] : [`${field} ${fault}`],
  );

describe('registrationFaults', () => {
  it.each<[string, Partial<Registration>]>([
    ['a machine', {}],
    ['a service that only introspects', { grants: [] }],
    ['the front end of ours', { confidential: false, firstParty: true, grants: ['password'] }],
    ['a confidential client of ours', { firstParty: true, grants: ['password', 'refresh_token'] }],
    [
      'an application of others',
      { confidential: false, grants: ['authorization_code'], redirectUris: CALLBACK },
    ],
    ['a name of 200 characters', { name: '🙂'.repeat(200) }],
    ['URIs without the grant that uses them', { redirectUris: CALLBACK }],
  ])('takes %s', (_what, changes) => {
    expect(faultsOf(changes)).toEqual([]);
  });

  it.each<[string, Partial<Registration>, string]>([
    ['no name', { name: '' }, 'name must be text'],
    ['a name of spaces', { name: '  ' }, 'name must be text'],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, 'name must be text'],
    ['a name of two lines', { name: 'a\nb' }, 'name must be one line'],
    ['a name that turns its direction', { name: 'a\u202eb' }, 'name must be one line'],
    ['a grant that is none', { grants: ['implicit' as never] }, 'grants must be among'],
    [
      'a grant twice',
      { grants: ['client_credentials', 'client_credentials'] },
      'grants must not hold a grant twice',
    ],
    [
      'the password grant for others (RFC 9700 §2.4)',
      { grants: ['password'] },
      'grants may hold password only for a first-party client',
    ],
    [
      'client credentials without a secret (RFC 6749 §4.4)',
      { confidential: false },
      'grants may hold client_credentials only for a confidential client',
    ],
    [
      'a code with nowhere to send it',
      { grants: ['authorization_code'] },
      'redirectUris must hold at least one URI',
    ],
    ['a bad redirect URI', { redirectUris: ['javascript:x'] }, 'redirectUris must be https'],
    [
      'a bad URI after signing out',
      { postLogoutRedirectUris: ['http://app.example.com/'] },
      'postLogoutRedirectUris must be https',
    ],
    [
      'id_tokens that nobody has signed (OpenID Connect Core §2)',
      { idTokenSignedResponseAlg: 'none' as never },
      'idTokenSignedResponseAlg must be ES256 or RS256',
    ],
  ])('refuses %s', (_what, changes, fault) => {
    expect(faultsOf(changes)).toEqual([expect.stringContaining(fault)]);
  });
});
