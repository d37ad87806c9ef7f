import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { AuthorizationError } from '../../protocol/authorization-response.js';
import type { FormPairs } from '../../protocol/form.js';
import { BrowserCookie } from '../browser/browser-cookie.js';
import { FailurePageFilter } from '../browser/failure-page.filter.js';
import { queryOf } from '../browser/query.js';
import { Authorization } from './authorization.js';
import { Onward } from './onward.js';

/** Where other applications send a browser to have somebody signed in. RFC 6749 §3.1, OIDC Core §3.1.2. */
@Public()
@ApiExcludeController()
@UseFilters(FailurePageFilter)
@Controller('authorize')
export class AuthorizeController {
  constructor(
    private readonly authorization: Authorization,
    private readonly browsers: BrowserCookie,
    private readonly onward: Onward,
  ) {}

  @RouteConfig(PLAIN_PAGE)
  @Get()
  async begin(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    try {
      const progress = await this.authorization.begin(queryOf(request));
      const browser = await this.browsers.find(request);
      const step = await this.authorization.next(progress, browser, originOf(request));
      this.onward.go(request, reply, step, progress);
    } catch (error) {
      if (!(error instanceof AuthorizationError)) throw error;
      reply.redirect(this.authorization.errorUrl(error), 303);
    }
  }

  /** OIDC Core §3.1.2.1. From another site a browser sends no Lax cookie with a form, but with what follows it. */
  @RouteConfig(PLAIN_PAGE_FORM)
  @Post()
  again(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const pairs = (request.body as FormPairs | undefined) ?? [];
    const query = new URLSearchParams(
      pairs.map(([name, value]): [string, string] => [name, value]),
    );
    reply.redirect(relativeLink(request.url, `authorize?${query}`), 303);
  }
}
