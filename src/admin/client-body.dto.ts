import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { ClientChanges } from '../clients/client-registry.js';
import type { Registration } from '../clients/registration.js';
import { ASYMMETRIC_ALGORITHMS, type AsymmetricAlgorithm } from '../keys/key-pair.js';
import { Flag } from '../platform/http/flag.js';
import { IfSent } from '../platform/http/if-sent.decorator.js';
import { Text } from '../platform/http/text.js';
import { Texts } from '../platform/http/texts.js';
import type { RegistrableGrant } from '../protocol/grant-types.js';
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

const IdTokenAlgorithm = (more: { default?: AsymmetricAlgorithm }): PropertyDecorator =>
  applyDecorators(
    IfSent(),
    ApiProperty({ ...ID_TOKEN_ALGORITHM, ...more, required: false }),
    IsIn(ASYMMETRIC_ALGORITHMS, { message: `must be ${ASYMMETRIC_ALGORITHMS.join(' or ')}` }),
  );

export class NewClientDto {
  @Text(NAME)
  readonly name!: string;

  @Flag(CONFIDENTIAL)
  readonly confidential!: boolean;

  @Texts(GRANTS)
  readonly grants!: readonly RegistrableGrant[];

  @Texts(SCOPES)
  readonly scopes!: readonly string[];

  @IfSent()
  @Texts({ ...REDIRECT_URIS, required: false })
  readonly redirect_uris?: readonly string[];

  @IfSent()
  @Texts({ ...POST_LOGOUT_REDIRECT_URIS, required: false })
  readonly post_logout_redirect_uris?: readonly string[];

  @IfSent()
  @Flag({ ...FIRST_PARTY, required: false, default: false })
  readonly first_party?: boolean;

  @IdTokenAlgorithm({ default: 'RS256' })
  readonly id_token_signed_response_alg?: AsymmetricAlgorithm;
}

export class ClientChangesDto {
  @IfSent()
  @Text({ ...NAME, required: false })
  readonly name?: string;

  @IfSent()
  @Texts({ ...GRANTS, required: false })
  readonly grants?: readonly RegistrableGrant[];

  @IfSent()
  @Texts({ ...SCOPES, required: false })
  readonly scopes?: readonly string[];

  @IfSent()
  @Texts({ ...REDIRECT_URIS, required: false })
  readonly redirect_uris?: readonly string[];

  @IfSent()
  @Texts({ ...POST_LOGOUT_REDIRECT_URIS, required: false })
  readonly post_logout_redirect_uris?: readonly string[];

  @IfSent()
  @Flag({ ...FIRST_PARTY, required: false })
  readonly first_party?: boolean;

  @IdTokenAlgorithm({})
  readonly id_token_signed_response_alg?: AsymmetricAlgorithm;

  @IfSent()
  @Flag({
    required: false,
    description:
      'true ends every session and token of it; false revives none of them, and is for administrators',
    example: false,
  })
  readonly disabled?: boolean;
}

/** Not confidential by accident: whether it is has no default, as it can never be changed. */
export function registrationOf(body: NewClientDto): Registration {
  return {
    name: body.name,
    confidential: body.confidential,
    firstParty: body.first_party ?? false,
    grants: body.grants,
    scopes: body.scopes,
    redirectUris: body.redirect_uris ?? [],
    postLogoutRedirectUris: body.post_logout_redirect_uris ?? [],
    idTokenSignedResponseAlg: body.id_token_signed_response_alg ?? 'RS256',
  };
}

/** Only what was sent. */
export function changesOf(body: ClientChangesDto): ClientChanges {
  const { name, grants, scopes, redirect_uris, post_logout_redirect_uris, ...others } = body;
  return {
    ...(name === undefined ? {} : { name }),
    ...(grants === undefined ? {} : { grants }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(redirect_uris === undefined ? {} : { redirectUris: redirect_uris }),
    ...(post_logout_redirect_uris === undefined
      ? {}
      : { postLogoutRedirectUris: post_logout_redirect_uris }),
    ...(others.id_token_signed_response_alg === undefined
      ? {}
      : { idTokenSignedResponseAlg: others.id_token_signed_response_alg }),
    ...(others.first_party === undefined ? {} : { firstParty: others.first_party }),
    ...(others.disabled === undefined ? {} : { disabled: others.disabled }),
  };
}
