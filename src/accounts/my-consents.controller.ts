import { Controller, Delete, Get, HttpCode, NotFoundException, Param, Query } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { AuthorizeFirstParty } from '../auth/authorize.decorator.js';
import { CurrentDoer, CurrentUser } from '../auth/current-user.decorator.js';
import { isClientId } from '../clients/clients.js';
import { Consents } from '../consents/consents.js';
import type { Doer } from '../platform/audit/audit.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { PageQuery } from '../platform/http/page.js';
import type { User } from '../users/user.entity.js';
import { ConsentDto, ConsentPageDto } from './consent.dto.js';

/** What one lets the applications of others do, and how to end that. */
@ApiTags('Account')
@Controller('users/me/consents')
export class MyConsentsController {
  constructor(private readonly consents: Consents) {}

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'List the applications that you let in',
    description: 'Those of others, the one that was registered last first, in pages.',
  })
  @ApiOkResponse({ type: ConsentPageDto, description: 'A page of your consents' })
  @Get()
  async list(@CurrentUser() user: User, @Query() query: PageQuery): Promise<ConsentPageDto> {
    return (await this.consents.listOf(user, query)).map(ConsentDto.from);
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Shut an application out',
    description:
      'At once: the next request with any of its tokens for you is refused. To come back, it has to ask you again.',
  })
  @ApiParam({
    name: 'client_id',
    description: 'The `client_id` of a consent',
    schema: { type: 'string' },
  })
  @ApiNoContentResponse({ description: 'It is withdrawn' })
  @ApiProblem(404, 'Consent not found', 'You have given none to an application with this id')
  @HttpCode(204)
  @Delete(':client_id')
  async withdraw(
    @CurrentUser() { id }: User,
    @Param('client_id') clientId: string,
    @CurrentDoer() by: Doer,
  ): Promise<void> {
    const withdrawn = isClientId(clientId) && (await this.consents.withdraw(id, clientId, by));
    if (!withdrawn) throw new NotFoundException('Consent not found');
  }
}
