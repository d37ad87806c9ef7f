import { Controller, Get, Post, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { FormTokens } from '../../platform/http/form-token.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { Pages } from '../../platform/pages/pages.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { type FormPairs, plainParameters } from '../../protocol/form.js';
import { redirectSource } from '../../protocol/redirect-uri.js';
import type { BrowserSession } from '../../sessions/browser-session.entity.js';
import { BrowserCookie } from '../browser/browser-cookie.js';
import { FailurePageFilter } from '../browser/failure-page.filter.js';
import { PageFailure } from '../browser/page-failure.js';
import { pageTexts } from '../browser/page-texts.js';
import { queryOf } from '../browser/query.js';
import { Sealed } from '../browser/sealed.js';
import { signedOutPage, signOutPage } from '../pages/account-pages.js';
import { type AskedToSignOut, type SigningOut, SignOut } from './sign-out.js';

/** Where people sign out, for another application or of themselves. OpenID Connect RP-Initiated Logout 1.0. */
@Public()
@ApiExcludeController()
@UseFilters(FailurePageFilter)
@Controller('sign-out')
export class SignOutController {
  constructor(
    private readonly signOut: SignOut,
    private readonly browsers: BrowserCookie,
    private readonly forms: FormTokens,
    private readonly sealed: Sealed,
    private readonly pages: Pages,
  ) {}

  @RouteConfig(PLAIN_PAGE)
  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const query = queryOf(request);
    const [, sealed] = query.find(([name]) => name === 'continue') ?? [];
    const asked = sealed === undefined ? this.signOut.parse(query) : this.open(sealed);
    const signingOut = await this.signOut.check(asked);
    const browser = await this.browsers.find(request);
    if (browser && this.signOut.mustAsk(signingOut, browser)) {
      return this.ask(request, reply, asked, signingOut, browser);
    }
    return this.finish(request, reply, signingOut, browser);
  }

  /** Our own form, or a client's request: a browser sends no Lax cookie with a form from another site. */
  @RouteConfig(PLAIN_PAGE_FORM)
  @Post()
  async submit(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const pairs = (request.body as FormPairs | undefined) ?? [];
    const form = plainParameters(pairs, ['csrf', 'continue']);
    const csrf = form.get('csrf');
    if (csrf === undefined) {
      const query = new URLSearchParams({ continue: this.seal(this.signOut.parse(pairs)) });
      return void reply.redirect(relativeLink(request.url, `sign-out?${query}`), 303);
    }
    this.forms.check(request, csrf);
    const sealed = form.get('continue');
    const asked = sealed === undefined ? this.signOut.parse([]) : this.open(sealed);
    const browser = await this.browsers.find(request);
    return this.finish(request, reply, await this.signOut.check(asked), browser);
  }

  private ask(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: AskedToSignOut,
    { returnTo, clientName, uiLocales }: SigningOut,
    { user }: BrowserSession,
  ): void {
    const page = signOutPage({
      texts: pageTexts(request, uiLocales),
      action: relativeLink(request.url, 'sign-out'),
      csrf: this.forms.issue(request, reply),
      continue: this.seal(asked),
      client: clientName === undefined ? null : { name: clientName },
      username: user.username,
    });
    const formAction = returnTo === undefined ? [] : [redirectSource(returnTo)];
    this.pages.send(reply, page, 200, { formAction });
  }

  private async finish(
    request: FastifyRequest,
    reply: FastifyReply,
    signingOut: SigningOut,
    browser: BrowserSession | null,
  ): Promise<void> {
    await this.signOut.end(signingOut, browser, originOf(request));
    this.browsers.clear(reply);
    const { returnTo, uiLocales } = signingOut;
    if (returnTo !== undefined) return void reply.redirect(returnTo, 303);
    if (request.method === 'POST') {
      const query = new URLSearchParams({ ui_locales: uiLocales.join(' ') });
      return void reply.redirect(relativeLink(request.url, `sign-out?${query}`), 303);
    }
    this.pages.send(reply, signedOutPage({ texts: pageTexts(request, uiLocales) }));
  }

  private seal(asked: AskedToSignOut): string {
    return this.sealed.seal('sign-out', asked);
  }

  private open(sealed: string): AskedToSignOut {
    const asked = this.sealed.open<AskedToSignOut>('sign-out', sealed);
    if (!asked) throw new PageFailure('expired');
    return asked;
  }
}
