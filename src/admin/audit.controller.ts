import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuthorizeAnyone } from '../auth/authorize.decorator.js';
import { AuditLog } from '../platform/audit/audit-log.js';
import { unprocessable } from '../platform/http/validation.js';
import { isId } from '../platform/ids.js';
import { usernameFault } from '../users/username.js';
import { UsersService } from '../users/users.service.js';
import { AuditEntryDto, AuditPageDto } from './audit-entry.dto.js';
import { AuditQuery, filterOf } from './audit-query.js';

/** What was done, by whom and from where. Reading it is not written down. */
@ApiTags('Administration')
@Controller('audit')
export class AuditController {
  constructor(
    private readonly log: AuditLog,
    private readonly users: UsersService,
  ) {}

  @AuthorizeAnyone('audit:read')
  @ApiOperation({
    summary: 'Read the audit log',
    description:
      'The newest first, in pages: sign-ins and refusals, changes of accounts and clients, ends of sessions, ' +
      'keys. No secret, no token and no name that somebody typed is in it.',
  })
  @ApiOkResponse({ type: AuditPageDto, description: 'A page of the log' })
  @Get()
  async list(@Query() query: AuditQuery): Promise<AuditPageDto> {
    const filter = filterOf(query, await this.idOf(query.user));
    return (await this.log.page(filter, query)).map(AuditEntryDto.from);
  }

  /**
   * Ids are taken as they are, since the log knows people who have left.
   *
   * @throws {UnprocessableEntityException} for a username that is nobody's: an empty page would say that nothing happened
   */
  private async idOf(text: string | undefined): Promise<string | undefined> {
    if (text === undefined || isId(text)) return text?.toLowerCase();
    const isName = usernameFault(text, text) === undefined;
    const user = isName ? await this.users.findByUsername(text) : null;
    if (user) return user.id;
    throw unprocessable([{ field: 'user', message: 'is neither an id nor the name of a user' }]);
  }
}
