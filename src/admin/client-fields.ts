import { ALL_SCOPES } from '../auth/scopes.js';
import { ASYMMETRIC_ALGORITHMS } from '../keys/key-pair.js';
import { REGISTRABLE_GRANTS } from '../protocol/grant-types.js';

// What the docs say of each field of a client, whether it is sent or answered.

export const NAME = {
  min: 1,
  max: 200,
  description: 'What people see of it',
  example: 'Report builder',
};
export const GRANTS = {
  description:
    'How it gets tokens: `password` only for a first-party client, `client_credentials` only for ' +
    'a confidential one, `authorization_code` only with a redirect URI',
  options: REGISTRABLE_GRANTS,
  example: ['client_credentials'],
};
export const SCOPES = {
  description:
    'All that it may ever have; what a user may not have, it has not for that user either. ' +
    '`tokens:introspect` only for a confidential client',
  options: ALL_SCOPES,
  example: ['tasks:read'],
};
export const REDIRECT_URIS = {
  description:
    'Where a browser is sent with a code, at most 20: https, http on a loopback host, or a scheme ' +
    "of the app's own with a dot in it",
  example: ['https://reports.example.com/callback'],
};
export const POST_LOGOUT_REDIRECT_URIS = {
  description: 'Where a browser is sent after signing out, under the same rules',
  example: ['https://reports.example.com/'],
};
export const ID_TOKEN_ALGORITHM = {
  enum: ASYMMETRIC_ALGORITHMS,
  description: 'What its id_tokens are signed with (OpenID Connect Registration §2)',
  example: 'RS256',
};
export const CONFIDENTIAL = {
  description: 'Whether it runs where its users cannot read its secret (RFC 6749 §2.1)',
  example: true,
};
export const FIRST_PARTY = {
  description: 'Whether it is ours, and may so have the grant `password` (RFC 9700 §2.4)',
  example: false,
};
