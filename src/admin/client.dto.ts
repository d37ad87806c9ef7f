import { ApiProperty } from '@nestjs/swagger';
import { scopesOf } from '../auth/scopes.js';
import type { Client } from '../clients/client.entity.js';
import type { AsymmetricAlgorithm } from '../keys/key-pair.js';
import { isoTime } from '../platform/clock.js';
import { NextCursor } from '../platform/http/page.js';
import { REGISTRABLE_GRANTS, type RegistrableGrant } from '../protocol/grant-types.js';
import {
  CONFIDENTIAL,
  FIRST_PARTY,
  GRANTS,
  ID_TOKEN_ALGORITHM,
  NAME,
  POST_LOGOUT_REDIRECT_URIS,
  REDIRECT_URIS,
  SCOPES,
} from './client-fields.js';

/** What a client looks like from outside: never anything of its secrets. */
export class ClientDto {
  @ApiProperty({ description: 'Its `client_id`', example: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a14' })
  readonly id!: string;

  @ApiProperty({ description: NAME.description, example: NAME.example })
  readonly name!: string;

  @ApiProperty(CONFIDENTIAL)
  readonly confidential!: boolean;

  @ApiProperty(FIRST_PARTY)
  readonly first_party!: boolean;

  @ApiProperty({ enum: REGISTRABLE_GRANTS, isArray: true, example: GRANTS.example })
  readonly grants!: readonly RegistrableGrant[];

  @ApiProperty({ type: [String], description: 'All that it may have', example: SCOPES.example })
  readonly scopes!: readonly string[];

  @ApiProperty({ type: [String], example: REDIRECT_URIS.example })
  readonly redirect_uris!: readonly string[];

  @ApiProperty({ type: [String], example: POST_LOGOUT_REDIRECT_URIS.example })
  readonly post_logout_redirect_uris!: readonly string[];

  @ApiProperty(ID_TOKEN_ALGORITHM)
  readonly id_token_signed_response_alg!: AsymmetricAlgorithm;

  @ApiProperty({ description: 'Whether it is refused everywhere', example: false })
  readonly disabled!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-01-31T09:30:00.000Z' })
  readonly updated_at!: string;

  static from(client: Client): ClientDto {
    return {
      id: client.id,
      name: client.name,
      confidential: client.confidential,
      first_party: client.firstParty,
      grants: client.grants,
      scopes: scopesOf(client),
      redirect_uris: client.redirectUris,
      post_logout_redirect_uris: client.postLogoutRedirectUris,
      id_token_signed_response_alg: client.idTokenSignedResponseAlg,
      disabled: client.disabled,
      created_at: isoTime(client.createdAt),
      updated_at: isoTime(client.updatedAt),
    };
  }
}

export class ClientPageDto {
  @ApiProperty({ type: [ClientDto] })
  readonly items!: readonly ClientDto[];

  @NextCursor()
  readonly next!: string | null;
}
