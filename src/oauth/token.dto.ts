import { ApiProperty } from '@nestjs/swagger';
import { GRANT_TYPES } from '../protocol/token-request.js';
import type { TokenResponse } from '../protocol/token-response.js';

/** The token form as the docs show it; protocol/token-request.ts reads it. */
export class TokenForm {
  @ApiProperty({
    enum: GRANT_TYPES,
    required: false,
    description: 'May be left out when a username is sent',
  })
  readonly grant_type?: string;

  @ApiProperty({ example: 'johndoe' })
  readonly username!: string;

  @ApiProperty({ format: 'password', maxLength: 1024, example: 'secret' })
  readonly password!: string;

  @ApiProperty({
    required: false,
    description: 'Scopes with a space between them; the usual ones when left out',
    example: 'items:read tasks:read',
  })
  readonly scope?: string;

  @ApiProperty({
    required: false,
    description: 'Without it, the built-in client `hallpass`',
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

  @ApiProperty({ description: 'What was granted', example: 'items:read tasks:read' })
  readonly scope!: string;
}
