import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { FormFields } from '../../platform/http/form-fields.decorator.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { messagePage } from '../../platform/pages/message-page.js';
import { Pages } from '../../platform/pages/pages.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import type { EmailVerificationDto } from '../account-body.dto.js';
import { EmailVerification } from '../email-verification.js';
import { InvalidLink } from '../invalid-link.js';
import { confirmAddressPage } from './confirm-address-page.js';
import { TEXTS } from './texts.js';

/** Where the mailed link to confirm an address leads. To open it changes nothing: mail scanners do. */
@Public()
@ApiExcludeController()
@Controller('email-verification')
export class EmailVerificationPagesController {
  constructor(
    private readonly verification: EmailVerification,
    private readonly pages: Pages,
  ) {}

  /** Also at the path of the form, where a browser that has sent it is asked to load again. */
  @RouteConfig(PLAIN_PAGE)
  @Get(['', 'form'])
  async show(
    @Query('token') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const token = typeof sent === 'string' ? sent : '';
    const link = await this.verification.find(token);
    if (!link) return this.sendDead(reply);
    const page = confirmAddressPage({
      action: relativeLink(request.url, 'email-verification/form'),
      token,
      email: link.email,
      username: link.user.username,
    });
    this.pages.send(reply, page);
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @Post('form')
  async submit(
    @FormFields(['token']) { token }: EmailVerificationDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      await this.verification.confirm(token, originOf(request));
    } catch (error) {
      if (!(error instanceof InvalidLink)) throw error;
      return this.sendDead(reply);
    }
    reply.redirect(relativeLink(request.url, 'email-verification/done'), 303);
  }

  @RouteConfig(PLAIN_PAGE)
  @Get('done')
  done(@Res() reply: FastifyReply): void {
    this.pages.send(reply, messagePage(TEXTS.addressIsConfirmed));
  }

  private sendDead(reply: FastifyReply): void {
    this.pages.send(reply, messagePage(TEXTS.deadVerification), 400);
  }
}
