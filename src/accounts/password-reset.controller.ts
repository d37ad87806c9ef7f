import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../auth/public.decorator.js';
import { ApiProblem } from '../platform/http/api-problem.decorator.js';
import { originOf } from '../platform/http/origin.js';
import { Quota } from '../platform/limits/quota.js';
import { AccountMails } from '../users/account-mails.js';
import { NewPasswordDto, ResetRequestDto } from './account-body.dto.js';
import { INVALID_LINK } from './invalid-link.js';
import { PasswordReset } from './password-reset.js';

/** The way back in for who has forgotten the password. */
@ApiTags('Account')
@Controller('password-reset')
export class PasswordResetController {
  constructor(
    private readonly mails: AccountMails,
    private readonly quota: Quota,
    private readonly reset: PasswordReset,
  ) {}

  @Public()
  @ApiOperation({
    summary: 'Ask for a new password',
    description:
      'Mails a link to the confirmed address of the account, if there is one. The answer is the same for whatever is sent.',
  })
  @ApiAcceptedResponse({ description: 'Taken, whoever has an account' })
  @HttpCode(202)
  @Post()
  async request(
    @Body() { username_or_email }: ResetRequestDto,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.quota.take('password-reset', originOf(request).ip);
    this.mails.sendReset(username_or_email);
  }

  @Public()
  @ApiOperation({
    summary: 'Set a new password by a mailed link',
    description: 'Ends every session of the account, and every other link.',
  })
  @ApiNoContentResponse({ description: 'It is set' })
  @ApiProblem(400, INVALID_LINK, 'It was used, has expired, or a newer one was')
  @HttpCode(204)
  @Post('confirm')
  async confirm(@Body() body: NewPasswordDto, @Req() request: FastifyRequest): Promise<void> {
    await this.reset.confirm(body, originOf(request));
  }
}
