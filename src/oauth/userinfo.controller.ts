import { applyDecorators, Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Authorize } from '../auth/authorize.decorator.js';
import type { GuardedRequest } from '../auth/caller.js';
import { UserinfoDto } from './userinfo.dto.js';

const Described = (summary: string): MethodDecorator =>
  applyDecorators(
    ApiOperation({
      summary,
      description:
        'For any application whose token has the scope `openid`: `profile` and `email` tell the rest. The token is ' +
        'taken from the Authorization header alone (OpenID Connect Core §5.3).',
    }),
    ApiOkResponse({ type: UserinfoDto, description: 'Who the token was given for' }),
  );

/** Tells an application who signed in. OpenID Connect Core §5.3. */
@ApiTags('Tokens')
@Controller('userinfo')
export class UserinfoController {
  @Authorize('openid')
  @Described('Read who signed in')
  @Get()
  read(@Req() { user: caller }: GuardedRequest): UserinfoDto {
    if (caller?.principal.kind !== 'user') throw new Error('the guard lets only users in');
    return UserinfoDto.from(caller.principal, caller.scope);
  }

  /** Both are asked for by §5.3.1; a form is taken, and nothing in it is looked at. */
  @Authorize('openid')
  @RouteConfig({ body: 'any' })
  @Described('Read who signed in, by POST')
  @HttpCode(200)
  @Post()
  readByPost(@Req() request: GuardedRequest): UserinfoDto {
    return this.read(request);
  }
}
