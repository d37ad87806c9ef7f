import { Body, Controller, Get, HttpCode, Ip, Patch, Post } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuthorizeFirstParty } from '../auth/authorize.decorator.js';
import { CurrentDoer, CurrentUser } from '../auth/current-user.decorator.js';
import type { Doer } from '../platform/audit/audit.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { LAST_ADMINISTRATOR } from '../users/refusals.js';
import { UserDto } from '../users/user.dto.js';
import type { User } from '../users/user.entity.js';
import { AccountChangesDto, DeletionDto, PasswordChangeDto } from './account-body.dto.js';
import { OwnAccount } from './own-account.js';

const WrongPassword = (): MethodDecorator =>
  ApiProblem(403, 'Incorrect password', 'The password is not the one of the account');

/** One's own account. */
@ApiTags('Account')
@Controller('users/me')
export class MeController {
  constructor(private readonly account: OwnAccount) {}

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Read your own account',
    description: 'The account that the token was given for.',
  })
  @ApiOkResponse({ type: UserDto, description: 'You' })
  @Get()
  read(@CurrentUser() user: User): UserDto {
    return UserDto.from(user);
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Change your own account',
    description:
      'What is left out stays as it is. A new e-mail address is `pending_email` until the link that is mailed there was followed, unless there is no confirmed one.',
  })
  @ApiOkResponse({ type: UserDto, description: 'You, as you are now' })
  @ApiProblem(409, 'The e-mail address was changed meanwhile, try again', 'By another request')
  @Patch()
  async change(
    @CurrentUser() user: User,
    @Body() changes: AccountChangesDto,
    @CurrentDoer() by: Doer,
  ): Promise<UserDto> {
    return UserDto.from(await this.account.change(user, changes, by));
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Change your password',
    description: 'Ends every session of yours, the one that asks included: a thief would share it.',
  })
  @ApiNoContentResponse({ description: 'It is changed, and you are signed out' })
  @WrongPassword()
  @ApiProblem(409, 'The password was changed meanwhile', 'By another request')
  @HttpCode(204)
  @Post('password')
  async changePassword(
    @CurrentUser() user: User,
    @Body() body: PasswordChangeDto,
    @Ip() address: string,
    @CurrentDoer() by: Doer,
  ): Promise<void> {
    await this.account.changePassword(user, { ...body, address }, by);
  }

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Delete your account',
    description: 'With everything in it, at once and for good.',
  })
  @ApiNoContentResponse({ description: 'It is gone' })
  @WrongPassword()
  @ApiProblem(409, LAST_ADMINISTRATOR, 'Nobody could administer the service')
  @HttpCode(204)
  @Post('deletion')
  async delete(
    @CurrentUser() user: User,
    @Body() { password }: DeletionDto,
    @Ip() address: string,
    @CurrentDoer() by: Doer,
  ): Promise<void> {
    await this.account.delete(user, { password, address }, by);
  }
}
