import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ConfidentialClientGuard } from '../auth/confidential-client.guard.js';
import { Public } from '../auth/public.decorator.js';
import { TokenReferenceGuard } from '../auth/token-reference.guard.js';
import type { TokenReferenceRequest } from '../auth/token-reference-request.js';
import type { Introspection } from '../protocol/introspection.js';
import { TokenIntrospection } from './introspection.js';
import { IntrospectionDto, IntrospectionForm } from './token-reference.dto.js';

/** For services that are handed a token and ask what it is worth. RFC 7662. */
@ApiTags('Tokens')
@Controller('introspect')
export class IntrospectController {
  constructor(private readonly introspection: TokenIntrospection) {}

  @Public()
  @UseGuards(TokenReferenceGuard, ConfidentialClientGuard)
  @RouteConfig({ body: 'form' })
  @ApiOperation({
    summary: 'Ask what a token is worth',
    description:
      'For confidential clients: their own tokens, and with the scope `tokens:introspect` ' +
      "everyone's. Whatever is not active, or not theirs to know, is exactly " +
      '`{"active": false}` (RFC 7662).',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: IntrospectionForm })
  @ApiOkResponse({ type: IntrospectionDto, description: 'What is known of the token' })
  @HttpCode(200)
  @Post()
  introspect(@Req() request: TokenReferenceRequest): Promise<Introspection> {
    return this.introspection.introspect(request.body.token, request.client);
  }
}
