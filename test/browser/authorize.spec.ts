import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { addApplication } from '../support/codes.js';
import { PASSWORD, somebody } from '../support/people.js';
import { authorizePath, pkce } from '../support/visitor.js';
import { openWatchedPage, type WatchedPage } from '../support/watched-page.js';

/** Registered without a port, as a native app takes whichever is free. RFC 8252 §7.3. */
const REGISTERED = ['http://127.0.0.1/callback', 'http://localhost/callback'];
const OF_THE_APP = 'com.example.app:/callback';
const BUTTONS = { en: 'Sign in', de: 'Anmelden' } as const;

/** Texts, as the tests are not compiled against the DOM. */
const AXE = `axe.run(document, { rules: { 'target-size': { enabled: true } } })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))`;
const WIDTH = 'document.documentElement.scrollWidth';
const FOCUSED = `(({ id, value, textContent }) => id || value || textContent)(document.activeElement)`;

describe.skipIf(browserIsLeftOut())('the way of an authorization request in a browser', () => {
  let service: TestApp;
  let browser: Browser;
  let elsewhere: Server;
  let port: number;
  let watched: WatchedPage;
  let person: User;
  let trusted: string;
  let foreign: string;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startApp();
    elsewhere = createServer(({ url }, response) => {
      response.setHeader('content-type', 'text/html');
      const frame = `<iframe src="${service.url}/sign-in"></iframe>`;
      response.end(`<title>Elsewhere</title>${url === '/framing' ? frame : ''}`);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, resolve));
    port = (elsewhere.address() as AddressInfo).port;
    const redirectUris = [...REGISTERED, OF_THE_APP];
    trusted = (await addApplication(service, { name: 'Our own', redirectUris })).id;
    const another = { name: 'Calendar', firstParty: false, redirectUris };
    foreign = (await addApplication(service, another)).id;
    return async () => {
      await browser.close();
      elsewhere.closeAllConnections();
      elsewhere.close();
      await service.close();
    };
  });
  beforeEach(async () => {
    watched = await openWatchedPage(browser, service.url);
    person = await somebody(service);
  });
  afterEach(() => watched.page.context().close());

  const go = (client_id: string, redirect_uri: string, more: Record<string, string> = {}) => {
    const asked = { client_id, redirect_uri, code_challenge: pkce().challenge, ...more };
    return watched.page.goto(`${service.url}/${authorizePath(asked)}`);
  };
  const callbacks = () => REGISTERED.map((uri) => uri.replace('/callback', `:${port}/callback`));
  const button = (name: string) => watched.page.getByRole('button', { name, exact: true });
  const fillIn = async (password = PASSWORD) => {
    await watched.page.fill('[name=username]', person.username);
    await watched.page.fill('[name=password]', password);
  };
  /** All but the requests to the client, which are what is wanted here. */
  const complaints = () => watched.complaints.filter((one) => !one.startsWith('request elsewhere'));
  const arrival = (uri: string, parameter: string) =>
    watched.page.waitForURL((url) => url.href.startsWith(`${uri}?${parameter}=`));

  describe.each([0, 1])('leads to another origin, at a port that is not registered', (which) => {
    it('from the sign-in, for a first-party client (CSP form-action)', async () => {
      const uri = callbacks()[which] ?? '';
      await go(trusted, uri);
      await fillIn();
      await Promise.all([arrival(uri, 'code'), button('Sign in').click()]);
      expect(complaints()).toEqual([]);
    });

    it('from the sign-in by way of the consent, whether allowed or denied', async () => {
      const uri = callbacks()[which] ?? '';
      await go(foreign, uri);
      await fillIn();
      await button('Sign in').click();
      await Promise.all([arrival(uri, 'error'), button('Deny').click()]);
      await go(foreign, uri);
      await Promise.all([arrival(uri, 'code'), button('Allow').click()]);
      expect(complaints()).toEqual([]);
    });

    it('from the sign-in, when the client learns that a scope is refused', async () => {
      const uri = callbacks()[which] ?? '';
      await go(trusted, uri, { scope: 'users:read' });
      await fillIn();
      await Promise.all([arrival(uri, 'error'), button('Sign in').click()]);
      expect(complaints()).toEqual([]);
    });
  });

  it.each(['a first-party client', 'another client'])(
    'leads to the program that a scheme belongs to, for %s (RFC 8252 §7.1)',
    async (whose) => {
      const isTrusted = whose === 'a first-party client';
      await go(isTrusted ? trusted : foreign, OF_THE_APP);
      await fillIn();
      const toTheApp = () =>
        watched.complaints.filter((one) => one.includes(`${OF_THE_APP}?code=`));
      if (!isTrusted) {
        await button('Sign in').click();
        await button('Allow').waitFor();
      }
      await button(isTrusted ? 'Sign in' : 'Allow').click({ noWaitAfter: true });
      await expect.poll(toTheApp).not.toEqual([]);
      expect(watched.complaints.join('\n')).not.toMatch(/CSP|form-action|Content Security/);
    },
  );

  it('leaves a pop-up to the page of another origin that opened it', async () => {
    const [uri = ''] = callbacks();
    await watched.page.goto(uri);
    const asked = { client_id: trusted, redirect_uri: uri, code_challenge: pkce().challenge };
    const url = `${service.url}/${authorizePath(asked)}`;
    const [popup] = await Promise.all([
      watched.page.waitForEvent('popup'),
      watched.page.evaluate(`void (window.opened = window.open(${JSON.stringify(url)}))`),
    ]);
    await popup.fill('[name=username]', person.username);
    await popup.fill('[name=password]', PASSWORD);
    await popup.getByRole('button', { name: 'Sign in', exact: true }).click();
    await popup.waitForURL((now) => now.href.startsWith(`${uri}?code=`));
    expect(await popup.evaluate('window.opener !== null')).toBe(true);
    expect(await watched.page.evaluate('window.opened.closed')).toBe(false);
  });

  it('shows nothing of itself in a frame of another page (RFC 9700 §4.16)', async () => {
    await watched.page.goto(`http://127.0.0.1:${port}/framing`);
    await expect.poll(() => watched.complaints.join('\n')).toContain('frame-ancestors');
    const [, frame] = watched.page.frames();
    expect(await frame?.locator('input').count()).toBe(0);
  });

  it('goes by the keyboard alone, through sign-in and consent', async () => {
    const { keyboard } = watched.page;
    const focused = () => watched.page.evaluate(FOCUSED);
    const [uri = ''] = callbacks();
    await go(foreign, uri);
    await expect.poll(focused).toBe('username');
    await keyboard.type(person.username);
    await keyboard.press('Tab');
    await keyboard.type('wrong');
    await keyboard.press('Enter');
    await watched.page.getByRole('alert').waitFor();
    await expect.poll(focused).toBe('password'); // the name is there still
    await keyboard.type(PASSWORD);
    await keyboard.press('Enter');
    await button('Allow').waitFor();
    await keyboard.press('Tab');
    expect(await focused()).toBe('approve');
    await Promise.all([arrival(uri, 'code'), keyboard.press('Enter')]);
    expect(complaints().filter((one) => !one.includes('422'))).toEqual([]);
  });

  it('goes no second time from where the browser’s back button leads', async () => {
    const [uri = ''] = callbacks();
    await go(trusted, uri);
    await fillIn();
    await Promise.all([arrival(uri, 'code'), button('Sign in').click()]);
    const first = watched.page.url();
    await watched.page.goBack({ waitUntil: 'commit' }).catch(() => null);
    await arrival(uri, 'code'); // signed in, so the page leads on: with a code of its own
    expect(watched.page.url()).not.toBe(first);
    expect(await watched.page.locator('input').count()).toBe(0);
  });

  it.each(['en', 'de'] as const)('keeps nobody out, on a phone: %s', async (language) => {
    const { page } = watched;
    await page.setExtraHTTPHeaders({ 'accept-language': language });
    await page.setViewportSize({ width: 320, height: 640 });
    const look = async (what: string) => {
      await page.evaluate(axe.source);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate(AXE), `${what} ${colorScheme}`).toEqual([]);
      }
      expect(await page.evaluate(WIDTH), what).toBe(320);
      expect(await page.getAttribute('html', 'lang')).toBe(language);
    };
    const [uri = ''] = callbacks();
    await go('unknown', uri);
    await look('failure');
    await go(foreign, uri);
    await look('sign-in');
    await fillIn('wrong');
    await button(BUTTONS[language]).click();
    await page.getByRole('alert').waitFor();
    await look('fault');
    await fillIn();
    await button(BUTTONS[language]).click();
    await page.locator('[value=approve]').waitFor();
    await look('consent');
    await page.goto(`${service.url}/sign-in`);
    await look('signed-in');
    await page.goto(`${service.url}/sign-out`);
    await look('sign-out');
    await page.locator('button').click();
    await page.locator('form').waitFor({ state: 'detached' });
    await look('signed-out');
  });
});
