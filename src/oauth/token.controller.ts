import { Controller, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ClientAuthGuard } from '../auth/client-auth.guard.js';
import { PasswordGuard } from '../auth/password.guard.js';
import { Public } from '../auth/public.decorator.js';
import type { TokenEndpointRequest } from '../auth/token-endpoint-request.js';
import { TokenFormGuard } from '../auth/token-form.guard.js';
import { originOf } from '../platform/http/origin.js';
import type { TokenResponse } from '../protocol/token-response.js';
import { Grants } from './grants/grants.js';
import { TokenDto, TokenForm } from './token.dto.js';
import { TOKEN_EXAMPLES } from './token-examples.js';

/** Where tokens come from. RFC 6749 §3.2. */
@ApiTags('Tokens')
@Controller('token')
export class TokenController {
  constructor(private readonly grants: Grants) {}

  @Public()
  @UseGuards(TokenFormGuard, ClientAuthGuard, PasswordGuard)
  @RouteConfig({ body: 'form' })
  @ApiOperation({
    summary: 'Get an access token',
    description:
      'Send a username and a password as a form, never as JSON. Call the other routes with ' +
      '`Authorization: Bearer <access_token>`. Before it expires, trade the `refresh_token` for a ' +
      'new pair. A machine sends its `client_id` and `client_secret`, and gets a token of its own.',
  })
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenForm, examples: TOKEN_EXAMPLES })
  @ApiOkResponse({ type: TokenDto, description: 'Signed in' })
  @HttpCode(200)
  @Post()
  issue(@Req() request: TokenEndpointRequest): Promise<TokenResponse> {
    const { body: form, client, user } = request;
    return this.grants.exchange({ form, client, user, origin: originOf(request) });
  }
}
