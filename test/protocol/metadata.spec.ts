import { describe, expect, it } from 'vitest';
import {
  openIdConfiguration,
  type ServerFacts,
  serverMetadata,
} from '../../src/protocol/metadata.js';

const ISSUER = 'https://id.example.com/tenant';
const FACTS: ServerFacts = {
  issuer: ISSUER,
  scopes: ['openid', 'tasks:read'],
  grants: ['password', 'authorization_code'],
  hasDocs: true,
};
const LANGUAGES = { languages: ['en', 'de'] };
const WITHOUT_CODES = { ...FACTS, grants: ['password'] };

/** RFC 8414 §2, RFC 7636 §6.2, RFC 9207 §3. */
const WITH_CODES = {
  authorization_endpoint: `${ISSUER}/authorize`,
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  code_challenge_methods_supported: ['S256'],
  authorization_response_iss_parameter_supported: true,
};

describe('serverMetadata (RFC 8414 §2)', () => {
  it('names the authorization endpoint and what it takes while a client may use codes', () => {
    expect(serverMetadata(FACTS)).toEqual({
      ...serverMetadata(WITHOUT_CODES),
      ...WITH_CODES,
      grant_types_supported: FACTS.grants,
    });
  });

  it.each(Object.keys(WITH_CODES))('leaves out %s while none may', (member) => {
    expect(serverMetadata(WITHOUT_CODES)).not.toHaveProperty(member);
    expect(openIdConfiguration({ ...WITHOUT_CODES, ...LANGUAGES })).not.toHaveProperty(member);
  });

  it('has nothing empty (§3.2)', () => {
    const least = { ...FACTS, grants: [], hasDocs: false };
    const members = Object.entries(openIdConfiguration({ ...least, ...LANGUAGES }));
    for (const [name, value] of members) expect([name, value]).not.toEqual([name, []]);
    expect(serverMetadata(least)).not.toHaveProperty('grant_types_supported');
  });
});

describe('openIdConfiguration (OpenID Connect Discovery 1.0 §3)', () => {
  it('says what the metadata says, and what is for relying parties', () => {
    expect(openIdConfiguration({ ...FACTS, ...LANGUAGES })).toEqual({
      ...serverMetadata(FACTS),
      userinfo_endpoint: `${ISSUER}/userinfo`,
      end_session_endpoint: `${ISSUER}/sign-out`,
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
      claim_types_supported: ['normal'],
      claims_supported: expect.arrayContaining(['sub', 'nonce', 'auth_time', 'email']) as string[],
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      ui_locales_supported: ['en', 'de'],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    });
  });

  it.each([
    'issuer',
    'authorization_endpoint',
    'token_endpoint',
    'jwks_uri',
    'response_types_supported',
    'subject_types_supported',
    'id_token_signing_alg_values_supported',
  ])('has %s, which §3 requires', (member) => {
    expect(openIdConfiguration({ ...FACTS, ...LANGUAGES })).toHaveProperty(member);
  });

  it('offers no prompt while no client may use codes', () => {
    const document = openIdConfiguration({ ...WITHOUT_CODES, ...LANGUAGES });
    expect(document).not.toHaveProperty('prompt_values_supported');
  });
});
