import { ApiProperty } from '@nestjs/swagger';
import { GRANT_TYPES } from '../protocol/token-request.js';
import type { TokenResponse } from '../protocol/token-response.js';
import { CODE_EXAMPLE, REFRESH_TOKEN_EXAMPLE } from './token-examples.js';

/** The token form as the docs show it; protocol/token-request.ts reads it. */
export class TokenForm {
  @ApiProperty({
    enum: GRANT_TYPES,
    required: false,
    description: 'May be left out when a username is sent',
  })
  readonly grant_type?: string;

  @ApiProperty({ required: false, description: 'With `password`', example: 'johndoe' })
  readonly username?: string;

  @ApiProperty({
    required: false,
    format: 'password',
    maxLength: 1024,
    description: 'With `password`',
    example: 'secret',
  })
  readonly password?: string;

  @ApiProperty({
    required: false,
    description: 'With `refresh_token`: the newest one you were given',
    example: '',
  })
  readonly refresh_token?: string;

  @ApiProperty({
    required: false,
    description: `With \`authorization_code\`: what came back in the address, such as \`${CODE_EXAMPLE}\``,
    example: '',
  })
  readonly code?: string;

  @ApiProperty({
    required: false,
    maxLength: 128,
    description: 'With `authorization_code`: what its challenge was made of (RFC 7636)',
    example: '',
  })
  readonly code_verifier?: string;

  @ApiProperty({
    required: false,
    description: 'With `authorization_code`: the same as at the authorization endpoint',
    example: '',
  })
  readonly redirect_uri?: string;

  @ApiProperty({
    required: false,
    description: 'Scopes with a space between them; the usual ones when left out',
    example: 'items:read tasks:read',
  })
  readonly scope?: string;

  @ApiProperty({
    required: false,
    description: 'Without it, the built-in client `hallpass`; with `authorization_code` your own',
    example: 'hallpass',
  })
  readonly client_id?: string;

  @ApiProperty({
    required: false,
    format: 'password',
    description: 'Of a confidential client',
    example: '',
  })
  readonly client_secret?: string;
}

export class TokenDto implements TokenResponse {
  @ApiProperty({ description: 'A signed JWT (RFC 9068)', example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6…' })
  readonly access_token!: string;

  @ApiProperty({ enum: ['bearer'] })
  readonly token_type!: 'bearer';

  @ApiProperty({ type: 'integer', description: 'Seconds', example: 900 })
  readonly expires_in!: number;

  @ApiProperty({
    required: false,
    description: 'For the next access token; good once, so keep the new one each time',
    example: REFRESH_TOKEN_EXAMPLE,
  })
  readonly refresh_token?: string;

  @ApiProperty({
    required: false,
    description:
      'Who signed in, as a signed JWT (OpenID Connect Core §2): for a code, with the scope `openid`',
    example: 'eyJhbGciOiJSUzI1NiIsInR5cCI6…',
  })
  readonly id_token?: string;

  @ApiProperty({ description: 'What was granted', example: 'items:read tasks:read' })
  readonly scope!: string;
}
