import { Controller, Get, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { FormFields } from '../../platform/http/form-fields.decorator.js';
import { FormTokens } from '../../platform/http/form-token.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { Pages } from '../../platform/pages/pages.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { redirectSource } from '../../protocol/redirect-uri.js';
import { BrowserCookie } from '../browser/browser-cookie.js';
import { FailurePageFilter } from '../browser/failure-page.filter.js';
import { pageTexts } from '../browser/page-texts.js';
import { signedInPage } from '../pages/account-pages.js';
import { signInPage } from '../pages/sign-in-page.js';
import { Authorization } from './authorization.js';
import { Onward } from './onward.js';
import type { Progress } from './progress.js';
import { type Refusal, SignIn } from './sign-in.js';

interface SignInForm {
  readonly username: string;
  readonly password: string;
  readonly csrf: string;
  readonly continue: string;
}

interface Typed {
  readonly username: string;
  readonly refusal?: Refusal;
}

/** Where people type their password, for another application or for none. */
@Public()
@ApiExcludeController()
@UseFilters(FailurePageFilter)
@Controller('sign-in')
export class SignInController {
  constructor(
    private readonly authorization: Authorization,
    private readonly signIn: SignIn,
    private readonly browsers: BrowserCookie,
    private readonly forms: FormTokens,
    private readonly onward: Onward,
    private readonly pages: Pages,
  ) {}

  @RouteConfig(PLAIN_PAGE)
  @Get()
  async show(
    @Query('continue') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const progress = sent ? this.onward.open(sent) : undefined;
    const browser = await this.browsers.find(request);
    if (!progress) {
      if (!browser) return this.sendForm(request, reply, undefined, { username: '' });
      const texts = pageTexts(request);
      const { username } = browser.user;
      const action = relativeLink(request.url, 'sign-out');
      const csrf = this.forms.issue(request, reply);
      return this.pages.send(reply, signedInPage({ texts, username, action, csrf }));
    }
    // Somebody may have signed in meanwhile, in another window.
    const step = await this.authorization.next(progress, browser, originOf(request));
    if (step.to !== 'sign-in') return this.onward.go(request, reply, step, progress);
    const username = progress.request.loginHint ?? '';
    return this.sendForm(request, reply, progress, { username });
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @Post()
  async submit(
    @FormFields(['username', 'password', 'csrf', 'continue']) form: SignInForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.forms.check(request, form.csrf);
    const progress = form.continue ? this.onward.open(form.continue) : undefined;
    const client = progress && (await this.authorization.clientOf(progress.request));
    const done = await this.signIn.attempt(form, client, {
      origin: originOf(request),
      replacing: this.browsers.read(request),
      signedIn: (await this.browsers.find(request))?.user,
    });
    if (done.refusal) {
      const { username } = form;
      return this.sendForm(request, reply, progress, { username, refusal: done.refusal });
    }
    this.browsers.set(reply, done.cookie);
    if (!progress) return void reply.redirect(relativeLink(request.url, 'sign-in'), 303);
    const browser = await this.browsers.findBy(done.cookie);
    const step = await this.authorization.next(progress, browser, originOf(request));
    return this.onward.go(request, reply, step, progress);
  }

  private async sendForm(
    request: FastifyRequest,
    reply: FastifyReply,
    progress: Progress | undefined,
    { username, refusal }: Typed,
  ): Promise<void> {
    const asked = progress?.request;
    const client = asked && (await this.authorization.clientOf(asked));
    const page = signInPage({
      texts: pageTexts(request, asked?.uiLocales),
      action: relativeLink(request.url, 'sign-in'),
      csrf: this.forms.issue(request, reply),
      continue: progress ? this.onward.seal(progress) : '',
      client: client ? { name: client.name } : null,
      username,
      ...(refusal && { fault: refusal.fault }),
    });
    if (refusal?.retryAfter) reply.header('retry-after', refusal.retryAfter);
    // Chromium asks the policy of this page about every redirect that follows the form.
    const formAction = asked ? [redirectSource(asked.redirectUri)] : [];
    this.pages.send(reply, page, refusal?.status ?? 200, { formAction });
  }
}
