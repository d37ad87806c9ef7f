import { ApiProperty } from '@nestjs/swagger';
import type { OpenIdConfiguration, ServerMetadata } from '../protocol/metadata.js';

const ISSUER = 'https://id.example.com';
const WITH_CODES = 'Left out while no client may use `authorization_code`';
const METHODS = ['client_secret_basic', 'client_secret_post', 'none'];

/** RFC 8414 §2. */
export class MetadataDto implements ServerMetadata {
  @ApiProperty({ format: 'uri', description: 'The `iss` of every token', example: ISSUER })
  readonly issuer!: string;

  @ApiProperty({
    format: 'uri',
    required: false,
    description: WITH_CODES,
    example: `${ISSUER}/authorize`,
  })
  readonly authorization_endpoint?: string;

  @ApiProperty({ type: [String], required: false, description: WITH_CODES, example: ['code'] })
  readonly response_types_supported?: readonly string[];

  @ApiProperty({ type: [String], required: false, description: WITH_CODES, example: ['query'] })
  readonly response_modes_supported?: readonly string[];

  @ApiProperty({ type: [String], required: false, description: WITH_CODES, example: ['S256'] })
  readonly code_challenge_methods_supported?: readonly string[];

  @ApiProperty({
    type: Boolean,
    required: false,
    description: `Every answer of the authorization endpoint has \`iss\` (RFC 9207). ${WITH_CODES}`,
    example: true,
  })
  readonly authorization_response_iss_parameter_supported?: boolean;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/token` })
  readonly token_endpoint!: string;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/.well-known/jwks.json` })
  readonly jwks_uri!: string;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/revoke` })
  readonly revocation_endpoint!: string;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/introspect` })
  readonly introspection_endpoint!: string;

  @ApiProperty({ type: [String], example: ['tasks:read', 'tasks:write'] })
  readonly scopes_supported!: readonly string[];

  @ApiProperty({
    type: [String],
    required: false,
    description: 'Those that at least one client may use; left out while there is none',
    example: ['password', 'refresh_token', 'client_credentials'],
  })
  readonly grant_types_supported?: readonly string[];

  @ApiProperty({ type: [String], example: METHODS })
  readonly token_endpoint_auth_methods_supported!: readonly string[];

  @ApiProperty({ type: [String], example: METHODS })
  readonly revocation_endpoint_auth_methods_supported!: readonly string[];

  @ApiProperty({ type: [String], example: METHODS.slice(0, 2) })
  readonly introspection_endpoint_auth_methods_supported!: readonly string[];

  @ApiProperty({ format: 'uri', required: false, example: `${ISSUER}/docs` })
  readonly service_documentation?: string;
}

/** OpenID Connect Discovery 1.0 §3. */
export class OpenIdConfigurationDto extends MetadataDto implements OpenIdConfiguration {
  @ApiProperty({ format: 'uri', example: `${ISSUER}/userinfo` })
  readonly userinfo_endpoint!: string;

  @ApiProperty({ format: 'uri', example: `${ISSUER}/sign-out` })
  readonly end_session_endpoint!: string;

  @ApiProperty({ type: [String], example: ['public'] })
  readonly subject_types_supported!: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'Of which each client has one',
    example: ['RS256', 'ES256'],
  })
  readonly id_token_signing_alg_values_supported!: readonly string[];

  @ApiProperty({ type: [String], example: ['normal'] })
  readonly claim_types_supported!: readonly string[];

  @ApiProperty({ type: [String], example: ['sub', 'name', 'email'] })
  readonly claims_supported!: readonly string[];

  @ApiProperty({
    type: [String],
    required: false,
    description: WITH_CODES,
    example: ['none', 'login', 'consent', 'select_account'],
  })
  readonly prompt_values_supported?: readonly string[];

  @ApiProperty({
    type: [String],
    description: 'What the pages for people are written in',
    example: ['en', 'de'],
  })
  readonly ui_locales_supported!: readonly string[];

  @ApiProperty({ example: false })
  readonly claims_parameter_supported!: boolean;

  @ApiProperty({ example: false })
  readonly request_parameter_supported!: boolean;

  @ApiProperty({ example: false })
  readonly request_uri_parameter_supported!: boolean;
}
