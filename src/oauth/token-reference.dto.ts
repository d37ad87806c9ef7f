import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { MACHINE_EXAMPLE, REFRESH_TOKEN_EXAMPLE } from './token-examples.js';

const TOKEN: ApiPropertyOptions = {
  description: 'An access token or a refresh token',
  example: REFRESH_TOKEN_EXAMPLE,
};
const HINT: ApiPropertyOptions = {
  required: false,
  enum: ['access_token', 'refresh_token'],
  description: 'May be left out, and may be wrong: the token is found either way',
};

/** The form of /revoke as the docs show it; protocol/token-reference.ts reads it. */
export class RevocationForm {
  @ApiProperty(TOKEN)
  readonly token!: string;

  @ApiProperty(HINT)
  readonly token_type_hint?: string;

  @ApiProperty({
    required: false,
    description: 'The client that the token was given to; without it, `hallpass`',
    example: 'hallpass',
  })
  readonly client_id?: string;

  @ApiProperty({
    required: false,
    format: 'password',
    description: 'Of a confidential client, unless it is sent with HTTP Basic',
    example: '',
  })
  readonly client_secret?: string;
}

/** The form of /introspect. */
export class IntrospectionForm {
  @ApiProperty(TOKEN)
  readonly token!: string;

  @ApiProperty(HINT)
  readonly token_type_hint?: string;

  @ApiProperty({
    required: false,
    description: 'The client that asks, unless it is sent with HTTP Basic',
    example: MACHINE_EXAMPLE.client_id,
  })
  readonly client_id?: string;

  @ApiProperty({
    required: false,
    format: 'password',
    description: 'Its secret, unless it is sent with HTTP Basic',
    example: MACHINE_EXAMPLE.client_secret,
  })
  readonly client_secret?: string;
}

/** RFC 7662 §2.2. All but `active` only when it is true. */
export class IntrospectionDto {
  @ApiProperty({ example: true })
  readonly active!: boolean;

  @ApiProperty({ required: false, description: 'To whom it was given', example: 'hallpass' })
  readonly client_id?: string;

  @ApiProperty({
    required: false,
    description: "The user's id, or `client:` and a client's",
    example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11',
  })
  readonly sub?: string;

  @ApiProperty({ required: false, description: 'Of a user', example: 'johndoe' })
  readonly username?: string;

  @ApiProperty({ required: false, description: 'What counts now', example: 'tasks:read' })
  readonly scope?: string;

  @ApiProperty({ required: false, enum: ['bearer'], description: 'Of an access token' })
  readonly token_type?: 'bearer';

  @ApiProperty({ required: false, example: 'http://localhost:3000' })
  readonly iss?: string;

  @ApiProperty({
    required: false,
    description: 'Of an access token',
    example: 'http://localhost:3000',
  })
  readonly aud?: string;

  @ApiProperty({
    required: false,
    type: 'integer',
    description: 'Seconds since 1970',
    example: 1794000000,
  })
  readonly iat?: number;

  @ApiProperty({
    required: false,
    type: 'integer',
    description: 'Seconds since 1970',
    example: 1794000900,
  })
  readonly exp?: number;

  @ApiProperty({
    required: false,
    description: 'The id of an access token',
    example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a12',
  })
  readonly jti?: string;

  @ApiProperty({
    required: false,
    description: "The session of a user's token",
    example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13',
  })
  readonly sid?: string;
}
