import { type FormPairs, parameterFault, sentParameters } from './form.js';
import { isLoopbackUri, matchRedirectUri } from './redirect-uri.js';

/** What an authorization request is held against. */
export interface RegisteredClient {
  readonly id: string;
  readonly grants: readonly string[];
  readonly redirectUris: readonly string[];
}

/**
 * A request whose sender nobody knows: it is shown to the person, and the browser is sent nowhere.
 * RFC 6749 §4.1.2.1, RFC 9700 §4.11.2.
 */
export class UnsafeAuthorizationRequest extends Error {
  /** @param message for people; it holds nothing of the request */
  constructor(
    readonly reason: 'client' | 'redirect_uri',
    message: string,
  ) {
    super(message);
  }
}

/**
 * The client that a request names, for the caller to look up.
 *
 * @returns undefined when it names none, or more than one
 */
export function requestedClientId(pairs: FormPairs): string | undefined {
  if (parameterFault(pairs, ['client_id']) !== undefined) return undefined;
  return sentParameters(pairs).get('client_id');
}

/** A client that exists, and where it may be answered. */
export interface SafeReturn {
  readonly client: RegisteredClient;
  readonly redirectUri: string;
  /** whether the request named it; then the token request must too. RFC 6749 §4.1.3 */
  readonly redirectUriSent: boolean;
}

/**
 * Decides whether the browser may be sent back at all, before anything else is looked at.
 *
 * @param client null when it is unknown or disabled
 * @throws {UnsafeAuthorizationRequest}
 */
export function safeReturn(pairs: FormPairs, client: RegisteredClient | null): SafeReturn {
  const known = knownClient(pairs, client);
  const asked = sentRedirectUri(pairs);
  return {
    client: known,
    redirectUri: asked === undefined ? onlyRedirectUri(pairs, known) : registered(asked, known),
    redirectUriSent: asked !== undefined,
  };
}

function knownClient(pairs: FormPairs, client: RegisteredClient | null): RegisteredClient {
  const fault = parameterFault(pairs, ['client_id']);
  if (fault !== undefined) throw new UnsafeAuthorizationRequest('client', fault);
  const id = requestedClientId(pairs);
  if (id === undefined) throw new UnsafeAuthorizationRequest('client', 'client_id is missing');
  if (client?.id === id) return client;
  throw new UnsafeAuthorizationRequest('client', 'The client is unknown or disabled');
}

function sentRedirectUri(pairs: FormPairs): string | undefined {
  const fault = parameterFault(pairs, ['redirect_uri']);
  if (fault !== undefined) throw new UnsafeAuthorizationRequest('redirect_uri', fault);
  return sentParameters(pairs).get('redirect_uri');
}

function registered(asked: string, { redirectUris }: RegisteredClient): string {
  if (matchRedirectUri(asked, redirectUris)) return asked;
  throw new UnsafeAuthorizationRequest(
    'redirect_uri',
    'redirect_uri is none that the client is registered with',
  );
}

/**
 * Left out, it must be clear all the same: there is one, and its port is known. RFC 6749 §3.1.2.3.
 * OpenID Connect Core §3.1.2.1 always asks for it.
 */
function onlyRedirectUri(pairs: FormPairs, client: RegisteredClient): string {
  const [only, ...others] = client.redirectUris;
  const clear = only !== undefined && others.length === 0 && !isLoopbackUri(only);
  if (clear && !namesOpenid(pairs)) return registered(only, client);
  throw new UnsafeAuthorizationRequest('redirect_uri', 'redirect_uri is missing');
}

/** Here even a scope that is malformed or repeated counts: it is refused later. */
function namesOpenid(pairs: FormPairs): boolean {
  return pairs.some(([name, value]) => name === 'scope' && value.split(' ').includes('openid'));
}
