import { Controller, Delete, Get, HttpCode, NotFoundException, Param, Query } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { AuthorizeFirstParty } from '../auth/authorize.decorator.js';
import { CurrentDoer, CurrentSession } from '../auth/current-user.decorator.js';
import type { Doer } from '../platform/audit/audit.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { PageQuery } from '../platform/http/page.js';
import { isId } from '../platform/ids.js';
import { BrowserSessions } from '../sessions/browser-sessions.js';
import type { Session } from '../sessions/session.entity.js';
import { Sessions } from '../sessions/sessions.js';
import { AuthorizationCodes } from '../tokens/authorization-codes.js';
import { SessionDto, SessionPageDto } from './session.dto.js';

/** Where one is signed in, and how to end that. */
@ApiTags('Account')
@Controller('users/me/sessions')
export class MySessionsController {
  constructor(
    private readonly sessions: Sessions,
    private readonly browsers: BrowserSessions,
    private readonly codes: AuthorizationCodes,
  ) {}

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'List where you are signed in',
    description: 'The newest first, in pages. Each sign-in is one session.',
  })
  @ApiOkResponse({ type: SessionPageDto, description: 'A page of your live sessions' })
  @Get()
  async list(
    @CurrentSession() current: Session,
    @Query() query: PageQuery,
  ): Promise<SessionPageDto> {
    const page = await this.sessions.liveOf(current.user, query);
    return page.map((session) => SessionDto.from(session, current));
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Sign out one session',
    description: 'At once: the next request with any of its tokens is refused.',
  })
  @ApiParam({ name: 'id', description: 'The `id` of a session', schema: { type: 'string' } })
  @ApiNoContentResponse({ description: 'It has ended' })
  @ApiProblem(404, 'Session not found', 'You have no live session with this id')
  @HttpCode(204)
  @Delete(':id')
  async end(
    @CurrentSession() { userId }: Session,
    @Param('id') id: string,
    @CurrentDoer() by: Doer,
  ): Promise<void> {
    const ended = isId(id) && (await this.sessions.end({ id, userId }, 'signed_out', by));
    if (!ended) throw new NotFoundException('Session not found');
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Sign out everywhere else',
    description:
      'Ends every session of yours but the one that asks, and signs you out of the pages of this server in every browser.',
  })
  @ApiNoContentResponse({ description: 'They have ended' })
  @HttpCode(204)
  @Delete()
  async endOthers(@CurrentSession() current: Session, @CurrentDoer() by: Doer): Promise<void> {
    // First, as a session could still come of each.
    await this.browsers.endAllOf(current.userId, by);
    await this.codes.withdraw(current.userId);
    await this.sessions.endOthers(current, by);
  }
}
