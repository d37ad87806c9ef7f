import {
  applyDecorators,
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  UseInterceptors,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { AuthorizeAnyone } from '../auth/authorize.decorator.js';
import { CurrentUserManager, type UserManager } from '../auth/user-manager.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { LAST_ADMINISTRATOR } from '../users/refusals.js';
import { UserDto } from '../users/user.dto.js';
import { UserRegistry } from '../users/user-registry.js';
import { UserAdministration } from './user-administration.js';
import { changesOf, InvitationDto, invitationOf, UserChangesDto } from './user-body.dto.js';
import { UserPageDto } from './user-page.dto.js';
import { UserQuery } from './user-query.js';
import { DISABLED } from './user-refusals.js';
import { UserRefusals } from './user-refusals.interceptor.js';

const OfUser = (): MethodDecorator =>
  applyDecorators(
    ApiParam({ name: 'id', description: 'The `id` of an account', schema: { type: 'string' } }),
    ApiProblem(404, 'User not found', 'There is none with this id'),
  );

/** A machine's limits, where it may write. */
const Managed = (): MethodDecorator =>
  ApiProblem(
    403,
    'A machine may not manage an administrator',
    'A machine makes and manages no administrator, and enables nobody',
  );

const LeavesOne = (): MethodDecorator =>
  ApiProblem(409, LAST_ADMINISTRATOR, 'Nobody could administer the service');

/** Everybody's accounts. */
@ApiTags('Administration')
@UseInterceptors(UserRefusals)
@Controller('users')
export class UsersController {
  constructor(
    private readonly registry: UserRegistry,
    private readonly administration: UserAdministration,
  ) {}

  @AuthorizeAnyone('users:read')
  @ApiOperation({
    summary: 'List the accounts',
    description: 'In the order in which they were made, in pages.',
  })
  @ApiOkResponse({ type: UserPageDto, description: 'A page of the accounts' })
  @Get()
  async list(@Query() query: UserQuery): Promise<UserPageDto> {
    return (await this.registry.page(query)).map(UserDto.from);
  }

  @AuthorizeAnyone('users:write')
  @ApiProblem(
    403,
    'A machine may not make an administrator',
    'It could make one that is its own, and so have every scope',
  )
  @ApiProblem(
    409,
    'This username is taken',
    'Perhaps in other letters of the same kind; or the e-mail address belongs to another account',
  )
  @ApiOperation({
    summary: 'Invite somebody',
    description:
      'Makes an account whose password nobody knows, and mails a link, good for 7 days, by which its ' +
      'owner chooses one. The address counts as verified.',
  })
  @ApiCreatedResponse({ type: UserDto, description: 'The new account' })
  @Post()
  async create(
    @CurrentUserManager() manager: UserManager,
    @Body() body: InvitationDto,
  ): Promise<UserDto> {
    return UserDto.from(await this.administration.invite(invitationOf(body), manager));
  }

  @AuthorizeAnyone('users:read')
  @OfUser()
  @ApiOperation({ summary: 'Read an account', description: 'As its owner reads it.' })
  @ApiOkResponse({ type: UserDto, description: 'The account' })
  @Get(':id')
  async read(@Param('id') id: string): Promise<UserDto> {
    return UserDto.from(await this.registry.read(id));
  }

  @AuthorizeAnyone('users:write')
  @OfUser()
  @Managed()
  @LeavesOne()
  @ApiOperation({
    summary: 'Change an account',
    description:
      'All that is sent is changed or nothing, and fields that are left out stay as they are. ' +
      '`disabled: true` ends every session of the account on the next request, and nothing revives them. ' +
      'A role ends none: each token is good for what the role has now. The username and the address are ' +
      'their owner’s to change.',
  })
  @ApiOkResponse({ type: UserDto, description: 'The account as it is now' })
  @Patch(':id')
  async change(
    @CurrentUserManager() manager: UserManager,
    @Param('id') id: string,
    @Body() body: UserChangesDto,
  ): Promise<UserDto> {
    return UserDto.from(await this.administration.change(id, changesOf(body), manager));
  }

  @AuthorizeAnyone('users:write')
  @OfUser()
  @Managed()
  @LeavesOne()
  @ApiOperation({
    summary: 'Delete an account',
    description:
      'With everything in it, at once and for good. Its owner is told by mail. To keep somebody out for ' +
      'a while, disable the account.',
  })
  @ApiNoContentResponse({ description: 'It is gone' })
  @HttpCode(204)
  @Delete(':id')
  async delete(@CurrentUserManager() manager: UserManager, @Param('id') id: string): Promise<void> {
    await this.administration.delete(id, manager);
  }

  @AuthorizeAnyone('users:write')
  @OfUser()
  @Managed()
  @ApiProblem(409, DISABLED, 'Or it has no verified e-mail address')
  @ApiOperation({
    summary: 'Mail a link for a new password',
    description:
      'To the verified address of the account; who was invited and has no password yet gets the ' +
      'invitation again. At most 5 in an hour to one address.',
  })
  @ApiAcceptedResponse({ description: 'It will be mailed' })
  @HttpCode(202)
  @Post(':id/password-reset')
  async mailLink(
    @CurrentUserManager() manager: UserManager,
    @Param('id') id: string,
  ): Promise<void> {
    await this.administration.mailLink(id, manager);
  }
}
