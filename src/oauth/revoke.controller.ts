import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../auth/public.decorator.js';
import { TokenReferenceGuard } from '../auth/token-reference.guard.js';
import type { TokenReferenceRequest } from '../auth/token-reference-request.js';
import { originOf } from '../platform/http/origin.js';
import { Revocation } from './revocation.js';
import { RevocationForm } from './token-reference.dto.js';

/** Where tokens end. RFC 7009. */
@ApiTags('Tokens')
@Controller('revoke')
export class RevokeController {
  constructor(private readonly revocation: Revocation) {}

  @Public()
  @UseGuards(TokenReferenceGuard)
  @RouteConfig({ body: 'form' })
  @ApiOperation({
    summary: 'Sign out: revoke a token',
    description:
      'Send an access token or a refresh token: either ends the whole sign-in, at once. A token ' +
      'that is unknown or has ended already is answered alike (RFC 7009).',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: RevocationForm })
  @ApiOkResponse({ description: 'The token is good for nothing any more; no body' })
  @HttpCode(200)
  @Post()
  revoke(@Req() request: TokenReferenceRequest): Promise<void> {
    return this.revocation.revoke(request.body.token, request.client, originOf(request));
  }
}
