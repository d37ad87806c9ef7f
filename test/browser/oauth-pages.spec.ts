import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import axe from 'axe-core';
import type { FastifyReply } from 'fastify';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Public } from '../../src/auth/public.decorator.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../src/platform/http/plain-page.js';
import { LANGUAGES, type Language } from '../../src/platform/pages/languages.js';
import { Pages } from '../../src/platform/pages/pages.js';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { OAUTH_PAGES, type OAuthPage } from '../support/oauth-pages.js';
import { openWatchedPage, type WatchedPage } from '../support/watched-page.js';

const NAMES = Object.keys(OAUTH_PAGES) as OAuthPage[];
/** With every kind of thing that a brand gives its colour. */
const BRANDED: readonly OAuthPage[] = ['sign-in-wrong', 'consent-more', 'signed-in'];
const SCHEMES = ['light', 'dark'] as const;
const WIDTHS = [320, 1280];
/** A colour that white text cannot be read on, nor itself on white. */
const BRAND = {
  BRAND_NAME: 'Größte Bäckerei',
  BRAND_LOGO: 'src/openapi/pages/logo.svg',
  BRAND_COLOR: '#facc15',
};

/** Where the form of the page leads, which the tests decide. */
const answer = { url: '' };

/** The pages as the service sends them; their controllers have tests of their own. */
@Public()
@Controller('shown')
class ShownPages {
  constructor(private readonly pages: Pages) {}

  @RouteConfig(PLAIN_PAGE)
  @Get(':language/:name')
  show(
    @Param('language') language: Language,
    @Param('name') name: OAuthPage,
    @Query('target') target: string | undefined,
    @Res() reply: FastifyReply,
  ): void {
    const options = target === undefined ? {} : { formAction: [target] };
    this.pages.send(reply, OAUTH_PAGES[name](language), 200, options);
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @Post(':language/form')
  submit(@Res() reply: FastifyReply): void {
    reply.redirect(answer.url, 303);
  }
}

/** Texts, as the tests are not compiled against the DOM. */
const AXE = `axe.run(document, { rules: { 'target-size': { enabled: true } } })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`;
const ACTIVE = `(({ id, value, textContent }) => id || value || textContent)(document.activeElement)`;
const SMALL = `[...document.querySelectorAll('button, input:not([type=hidden])')]
  .map((one) => one.getBoundingClientRect().height).filter((height) => height < 44)`;
const BROKEN = `[...document.images].filter(({ naturalWidth }) => naturalWidth === 0).length`;

describe.skipIf(browserIsLeftOut())('the pages of the flow in a browser', () => {
  let browser: Browser;
  let service: TestApp;
  let watched: WatchedPage;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  });

  const show = (language: Language, name: OAuthPage, query = '') =>
    watched.page.goto(`${service.url}/shown/${language}/${name}${query}`);

  describe.each([
    ['as they come', {}, NAMES],
    ['with the name, logo and colour of a brand', BRAND, BRANDED],
  ] as const)('%s', (_what, env, names) => {
    beforeAll(async () => {
      service = await startApp({ env, controllers: [ShownPages] });
      return () => service.close();
    });
    beforeEach(async () => {
      watched = await openWatchedPage(browser, service.url);
    });
    afterEach(() => watched.page.context().close());

    it.each(names)('show axe nothing that keeps anybody out, and fit: %s', async (name) => {
      const { page } = watched;
      for (const language of LANGUAGES) {
        await show(language, name);
        await page.evaluate(axe.source);
        for (const width of WIDTHS) {
          await page.setViewportSize({ width, height: 640 }); // 320 is also 1280 at 400 %
          for (const colorScheme of SCHEMES) {
            await page.emulateMedia({ colorScheme });
            const where = `${language} ${width} ${colorScheme}`;
            expect(await page.evaluate(AXE), where).toEqual([]);
          }
          expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        }
        expect(await page.evaluate(SMALL), language).toEqual([]);
        expect(await page.evaluate(BROKEN)).toBe(0);
      }
      expect(watched.complaints).toEqual([]);
    });
  });

  describe('used by the keyboard', () => {
    let elsewhere: Server;
    let origin: string;

    beforeAll(async () => {
      service = await startApp({ controllers: [ShownPages] });
      elsewhere = createServer((_request, response) => response.end('arrived'));
      await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
      return async () => {
        elsewhere.closeAllConnections();
        elsewhere.close();
        await service.close();
      };
    });
    beforeEach(async () => {
      watched = await openWatchedPage(browser, service.url);
      answer.url = `${service.url}/shown/en/signed-in`;
    });
    afterEach(() => watched.page.context().close());

    /** What has the focus at first, and after each Tab. */
    async function walk(language: Language, name: OAuthPage, steps: number): Promise<unknown[]> {
      await show(language, name);
      const wanted = watched.page.locator('[autofocus]'); // which a page gives when it is drawn
      if ((await wanted.count()) > 0) await watched.page.locator('[autofocus]:focus').waitFor();
      const stops = [await watched.page.evaluate(ACTIVE)];
      for (let step = 0; step < steps; step += 1) {
        await watched.page.keyboard.press('Tab');
        stops.push(await watched.page.evaluate(ACTIVE));
      }
      return stops;
    }

    it('go from the name to the password to the button', async () => {
      expect(await walk('en', 'sign-in', 2)).toEqual(['username', 'password', 'Sign in']);
      expect(await walk('de', 'sign-in-wrong', 1)).toEqual(['password', 'Anmelden']);
    });

    it('ask for consent with no button in focus, and go from allowing to denying to another account', async () => {
      const [first, ...stops] = await walk('en', 'consent', 3);
      expect(first).not.toMatch(/approve|deny|switch/);
      expect(stops).toEqual(['approve', 'deny', 'switch']);
    });

    it('sign in by typing and Enter, from a page that says where it is from', async () => {
      await show('en', 'sign-in');
      const sent = watched.page.waitForRequest((request) => request.method() === 'POST');
      await watched.page.locator('[name=username]:focus').waitFor(); // a page takes the focus when it is drawn
      await watched.page.keyboard.type('alice');
      await watched.page.keyboard.press('Tab');
      await watched.page.keyboard.type('a b+c');
      await watched.page.keyboard.press('Enter');
      const request = await sent;
      expect(request.postData()).toBe('csrf=token&continue=sealed&username=alice&password=a+b%2Bc');
      expect((await request.allHeaders())['origin']).toBe(service.url); // not null, as under no-referrer
      await watched.page.waitForURL(answer.url);
    });

    it('lead where the page has said that its form leads, and nowhere else (CSP form-action)', async () => {
      answer.url = `${origin}/arrived`;
      await show('en', 'consent', `?target=${encodeURIComponent(origin)}`);
      await watched.page.keyboard.press('Tab');
      await watched.page.keyboard.press('Enter');
      await watched.page.waitForURL(answer.url);
      const before = watched.complaints.length;
      await show('en', 'consent', `?target=${encodeURIComponent('https://notes.example.com')}`);
      await watched.page.getByRole('button', { name: 'Allow' }).click({ noWaitAfter: true });
      await expect
        .poll(() => watched.complaints.slice(before).join('\n'))
        .toContain('CSP: form-action');
      expect(watched.page.url()).toContain('/shown/en/consent');
    });
  });
});
