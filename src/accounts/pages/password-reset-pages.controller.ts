import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { FormFields } from '../../platform/http/form-fields.decorator.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { fieldErrorsOf } from '../../platform/http/validation.js';
import { messagePage } from '../../platform/pages/message-page.js';
import { Pages } from '../../platform/pages/pages.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { Settings } from '../../platform/settings/settings.js';
import { looksLike } from '../../users/link-token.js';
import type { NewPasswordDto } from '../account-body.dto.js';
import { InvalidLink } from '../invalid-link.js';
import { PasswordReset } from '../password-reset.js';
import { newPasswordPage } from './new-password-page.js';
import { TEXTS } from './texts.js';

/** Where the mailed link for a new password leads, or for the first one. To open it changes nothing: mail scanners do. */
@Public()
@ApiExcludeController()
@Controller('password-reset')
export class PasswordResetPagesController {
  constructor(
    private readonly reset: PasswordReset,
    private readonly pages: Pages,
    private readonly settings: Settings,
  ) {}

  /** Also at the path of the form, where a browser that has sent it is asked to load again. */
  @RouteConfig(PLAIN_PAGE)
  @Get(['', 'form'])
  async show(
    @Query('token') token: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.sendForm(typeof token === 'string' ? token : '', request, reply);
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @Post('form')
  async submit(
    @FormFields(['token', 'new_password']) form: NewPasswordDto,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    try {
      await this.reset.confirm(form, originOf(request));
    } catch (error) {
      if (error instanceof InvalidLink) return this.sendDead(form.token, reply);
      const fault = fieldErrorsOf(error)?.[0]?.message;
      if (fault === undefined) throw error;
      return this.sendForm(form.token, request, reply, fault);
    }
    reply.redirect(relativeLink(request.url, 'password-reset/done'), 303);
  }

  @RouteConfig(PLAIN_PAGE)
  @Get('done')
  done(@Res() reply: FastifyReply): void {
    this.pages.send(reply, messagePage(TEXTS.passwordIsSet));
  }

  private async sendForm(
    token: string,
    request: FastifyRequest,
    reply: FastifyReply,
    fault?: string,
  ): Promise<void> {
    const link = await this.reset.find(token);
    if (!link) return this.sendDead(token, reply);
    const page = newPasswordPage({
      action: relativeLink(request.url, 'password-reset/form'),
      token,
      username: link.user.username,
      isFirst: link.purpose === 'invitation',
      shortest: this.settings.PASSWORD_MIN_LENGTH,
      ...(fault !== undefined && { fault }),
    });
    this.pages.send(reply, page, fault === undefined ? 200 : 422);
  }

  private sendDead(token: string, reply: FastifyReply): void {
    const texts = looksLike('invitation', token) ? TEXTS.deadInvitation : TEXTS.deadReset;
    this.pages.send(reply, messagePage(texts), 400);
  }
}
