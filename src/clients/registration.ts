import { ASYMMETRIC_ALGORITHMS } from '../keys/key-pair.js';
import { REGISTRABLE_GRANTS, type RegistrableGrant } from '../protocol/grant-types.js';
import { redirectUrisFault } from '../protocol/redirect-uri.js';
import type { Client } from './client.entity.js';

/** What a client is registered with, and may be changed but for `confidential`. RFC 6749 §2. */
export type Registration = Pick<
  Client,
  | 'name'
  | 'confidential'
  | 'firstParty'
  | 'grants'
  | 'scopes'
  | 'redirectUris'
  | 'postLogoutRedirectUris'
  | 'idTokenSignedResponseAlg'
>;

/** What is wrong with each field that does not fit, to be read after its name; undefined where all is well. */
export type RegistrationFaults = {
  readonly [Field in keyof Registration]?: string | undefined;
};

const LONGEST_NAME = 200;
/** Control characters, line ends, and what turns the direction of a text: people read the name before they consent. */
const MISLEADING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** The rules for a whole client, before it is made and after each change. Its scopes have their own. */
export function registrationFaults(registration: Registration): RegistrationFaults {
  return {
    name: nameFault(registration.name),
    grants: grantsFault(registration),
    redirectUris: redirectUrisFault(registration.redirectUris) ?? noRedirectUriFault(registration),
    postLogoutRedirectUris: redirectUrisFault(registration.postLogoutRedirectUris),
    idTokenSignedResponseAlg: algorithmFault(registration.idTokenSignedResponseAlg),
  };
}

function nameFault(name: string): string | undefined {
  if (name.trim() === '' || [...name].length > LONGEST_NAME) {
    return `must be text of 1 to ${LONGEST_NAME} characters`;
  }
  return MISLEADING.test(name) ? 'must be one line without control characters' : undefined;
}

function grantsFault({ grants, confidential, firstParty }: Registration): string | undefined {
  if (!grants.every(isRegistrable)) return `must be among ${REGISTRABLE_GRANTS.join(', ')}`;
  if (new Set(grants).size < grants.length) return 'must not hold a grant twice';
  if (grants.includes('password') && !firstParty) {
    return 'may hold password only for a first-party client'; // RFC 9700 §2.4
  }
  if (grants.includes('client_credentials') && !confidential) {
    return 'may hold client_credentials only for a confidential client'; // RFC 6749 §4.4
  }
  return undefined;
}

function isRegistrable(text: string): text is RegistrableGrant {
  return (REGISTRABLE_GRANTS as readonly string[]).includes(text);
}

/** Never `none`, nor a secret that others hold. OpenID Connect Core §2. */
function algorithmFault(algorithm: string): string | undefined {
  return ASYMMETRIC_ALGORITHMS.some((one) => one === algorithm)
    ? undefined
    : `must be ${ASYMMETRIC_ALGORITHMS.join(' or ')}`;
}

function noRedirectUriFault({ grants, redirectUris }: Registration): string | undefined {
  return grants.includes('authorization_code') && redirectUris.length === 0
    ? 'must hold at least one URI with the grant authorization_code'
    : undefined;
}
