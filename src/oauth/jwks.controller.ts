import { Controller, Get, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/public.decorator.js';
import { Keys } from '../keys/keys.js';
import { ANY_ORIGIN } from '../platform/http/cors.js';
import { Settings } from '../platform/settings/settings.js';
import { JwksDto } from './jwks.dto.js';

/** The public keys, for whoever verifies our tokens without asking us. RFC 7517 §5. */
@ApiTags('Tokens')
@Controller('.well-known')
export class JwksController {
  constructor(
    private readonly keys: Keys,
    private readonly settings: Settings,
  ) {}

  @Public()
  @RouteConfig(ANY_ORIGIN)
  @ApiOperation({
    summary: 'Read the public keys',
    description:
      'For whoever verifies tokens without asking this server (RFC 7517). May be kept as long as ' +
      '`Cache-Control` says. Holds keys of RS256 and ES256, one of which signs the id_tokens of each client; ' +
      'access tokens are signed with those of TOKEN_ALGORITHM, or with HS256 by none of them.',
  })
  @ApiOkResponse({
    type: JwksDto,
    description: 'A JSON Web Key Set',
    headers: {
      'Cache-Control': {
        description: 'How long, in seconds (KEY_PUBLISH_SECONDS)',
        schema: { type: 'string' },
        example: 'public, max-age=300',
      },
    },
  })
  @Get('jwks.json')
  read(@Res({ passthrough: true }) reply: FastifyReply): JwksDto {
    reply.header('cache-control', `public, max-age=${this.settings.KEY_PUBLISH_SECONDS}`);
    return this.keys.jwks;
  }
}
