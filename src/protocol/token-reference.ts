import { InvalidRequest } from './errors.js';
import { type FormPairs, plainParameters } from './form.js';

/** What /revoke and /introspect are sent. RFC 7009 §2.1, RFC 7662 §2.1. */
export interface TokenReference {
  readonly token: string;
  readonly client_id: string | undefined;
  readonly client_secret: string | undefined;
}

/** The hint is read by nobody: what a token is, its own form says. */
export const TOKEN_REFERENCE_PARAMETERS = [
  'token',
  'token_type_hint',
  'client_id',
  'client_secret',
] as const;

/** @throws {InvalidRequest} naming the parameter that is repeated, nested or missing */
export function parseTokenReference(pairs: FormPairs): TokenReference {
  const form = plainParameters(pairs, TOKEN_REFERENCE_PARAMETERS);
  const token = form.get('token');
  if (token === undefined) throw new InvalidRequest('token is missing');
  return { token, client_id: form.get('client_id'), client_secret: form.get('client_secret') };
}
