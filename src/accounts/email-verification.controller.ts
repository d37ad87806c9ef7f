import { Body, ConflictException, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { AuthorizeFirstParty } from '../auth/authorize.decorator.js';
import { CurrentUser } from '../auth/current-user.decorator.js';
import { Public } from '../auth/public.decorator.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { originOf } from '../platform/http/origin.js';
import { AccountMails } from '../users/account-mails.js';
import { addressToVerify } from '../users/email-addresses.js';
import type { User } from '../users/user.entity.js';
import { EmailVerificationDto } from './account-body.dto.js';
import { EmailVerification } from './email-verification.js';
import { INVALID_LINK } from './invalid-link.js';

const NOTHING_TO_CONFIRM = 'There is no e-mail address to confirm';

/** How people prove that an address is theirs. */
@ApiTags('Account')
@Controller('email-verification')
export class EmailVerificationController {
  constructor(
    private readonly mails: AccountMails,
    private readonly verification: EmailVerification,
  ) {}

  @AuthorizeFirstParty()
  @ApiOperation({
    summary: 'Ask for another link to confirm your e-mail address',
    description: 'A first one was mailed when the address was given.',
  })
  @ApiAcceptedResponse({ description: 'It will be mailed' })
  @ApiProblem(409, NOTHING_TO_CONFIRM, 'There is none, or it is confirmed')
  @HttpCode(202)
  @Post()
  request(@CurrentUser() user: User): void {
    if (addressToVerify(user) === null) throw new ConflictException(NOTHING_TO_CONFIRM);
    this.mails.sendVerification(user);
  }

  @Public()
  @ApiOperation({
    summary: 'Confirm an e-mail address by a mailed link',
    description: 'From now on it is the address of the account.',
  })
  @ApiNoContentResponse({ description: 'It is confirmed' })
  @ApiProblem(400, INVALID_LINK, 'It was used, has expired, or the address was changed since')
  @HttpCode(204)
  @Post('confirm')
  async confirm(
    @Body() { token }: EmailVerificationDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.verification.confirm(token, originOf(request));
  }
}
