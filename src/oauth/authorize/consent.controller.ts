import { Controller, Get, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../auth/public.decorator.js';
import { Consents } from '../../consents/consents.js';
import { Clock } from '../../platform/clock.js';
import { FormFields } from '../../platform/http/form-fields.decorator.js';
import { FormTokens } from '../../platform/http/form-token.js';
import { originOf } from '../../platform/http/origin.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../platform/http/plain-page.js';
import { Pages } from '../../platform/pages/pages.js';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { redirectSource } from '../../protocol/redirect-uri.js';
import type { BrowserSession } from '../../sessions/browser-session.entity.js';
import { BrowserCookie } from '../browser/browser-cookie.js';
import { FailurePageFilter } from '../browser/failure-page.filter.js';
import { pageTexts } from '../browser/page-texts.js';
import { consentPage } from '../pages/consent-page.js';
import { scopeText } from '../pages/texts/texts-of.js';
import { Authorization } from './authorization.js';
import { Onward } from './onward.js';
import type { Progress, Shown, Step } from './progress.js';

interface ConsentForm {
  readonly decision: string;
  readonly csrf: string;
  readonly continue: string;
}

/** Where people say whether an application may act for them. */
@Public()
@ApiExcludeController()
@UseFilters(FailurePageFilter)
@Controller('consent')
export class ConsentController {
  constructor(
    private readonly authorization: Authorization,
    private readonly consents: Consents,
    private readonly browsers: BrowserCookie,
    private readonly forms: FormTokens,
    private readonly onward: Onward,
    private readonly pages: Pages,
    private readonly clock: Clock,
  ) {}

  @RouteConfig(PLAIN_PAGE)
  @Get()
  async show(
    @Query('continue') sent: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const progress = this.onward.open(sent);
    const browser = await this.browsers.find(request);
    const step = await this.authorization.next(progress, browser, originOf(request));
    if (step.to !== 'consent' || !browser) return this.onward.go(request, reply, step, progress);
    return this.sendForm(request, reply, progress, browser, step.scope);
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @Post()
  async submit(
    @FormFields(['decision', 'csrf', 'continue']) form: ConsentForm,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    this.forms.check(request, form.csrf);
    const { shown, ...progress } = this.onward.open(form.continue);
    const browser = await this.browsers.find(request);
    // Whoever has signed in since has not seen the page.
    const isAnswer = browser !== null && shown?.browser === browser.tokenHash;
    const step: Step = isAnswer
      ? await this.decide(form.decision, progress, browser, shown, request)
      : { to: 'consent', scope: [] };
    const changed = step.to === 'sign-in' ? this.anew(progress) : progress;
    return this.onward.go(request, reply, step, changed);
  }

  private async decide(
    decision: string,
    progress: Progress,
    browser: BrowserSession,
    { scope }: Shown,
    request: FastifyRequest,
  ): Promise<Step> {
    const origin = originOf(request);
    if (decision === 'approve') {
      return this.authorization.approve(progress, browser, scope, origin);
    }
    if (decision === 'deny') return await this.authorization.deny(progress, browser, origin);
    if (decision === 'switch') return { to: 'sign-in' };
    return { to: 'consent', scope };
  }

  /** For another account: who is signed in now is not enough any more. */
  private anew({ request, hintedUserId }: Progress): Progress {
    const prompt = [...new Set([...request.prompt, 'login' as const])];
    const startedAt = this.clock.milliseconds() + 1;
    return { request: { ...request, prompt }, hintedUserId, startedAt };
  }

  private async sendForm(
    request: FastifyRequest,
    reply: FastifyReply,
    progress: Progress,
    browser: BrowserSession,
    scope: readonly string[],
  ): Promise<void> {
    const asked = progress.request;
    const client = await this.authorization.clientOf(asked);
    const shown = { browser: browser.tokenHash, scope };
    const texts = pageTexts(request, asked.uiLocales);
    const given = await this.consents.given(browser.userId, client.id);
    const page = consentPage({
      texts,
      action: relativeLink(request.url, 'consent'),
      csrf: this.forms.issue(request, reply),
      continue: this.onward.seal({ ...progress, shown }),
      client: { name: client.name, redirectHost: readableTarget(asked.redirectUri) },
      username: browser.user.username,
      scopes: scope.map((name) => ({
        name,
        text: scopeText(texts, name),
        isNew: !given?.includes(name),
      })),
    });
    const formAction = [redirectSource(asked.redirectUri)];
    this.pages.send(reply, page, 200, { formAction });
  }
}

/**
 * As a person reads where an answer leads: the host, or the scheme that an app of theirs has taken. What
 * such a scheme has in place of a host is the app's own word, and may be the name of somebody else.
 */
function readableTarget(uri: string): string {
  return redirectSource(uri).replace(/^https?:\/\//, '');
}
