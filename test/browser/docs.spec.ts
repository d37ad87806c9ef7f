import type { OpenAPIObject } from '@nestjs/swagger';
import type { Browser, Request } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { DocsPage, type Lock } from '../support/docs-page.js';
import { call } from '../support/http.js';
import { type NamedOperation, operationsOf, scopeTexts } from '../support/openapi.js';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.js';
import { networkLine, openWatchedPage, type WatchedPage } from '../support/watched-page.js';

/** Text, as the tests are not compiled against the DOM. */
const INTRUSION = `
  const script = document.createElement('script');
  script.textContent = 'window.intruded = true';
  document.body.append(script);
  fetch('https://elsewhere.example/').catch(() => { window.refused = true; });`;

describe.skipIf(browserIsLeftOut())('the docs in a browser', () => {
  let service: TestApp;
  let proxy: PrefixProxy;
  let browser: Browser;
  let watched: WatchedPage;
  let docs: DocsPage;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startApp();
    proxy = await startPrefixProxy(service.url, '/api/v1');
    return async () => {
      await browser.close();
      await proxy.close();
      await service.close();
    };
  });

  describe('at /docs', () => {
    beforeEach(() => visit(service.url));
    afterEach(() => watched.page.context().close());

    it('puts a lock on every guarded operation and on no other', async () => {
      expect(await docs.locks()).toEqual(await documentedLocks('open'));
      expect(watched.complaints).toEqual([]);
    });

    it('offers the password flow, with a text for each scope', async () => {
      await docs.openDialog();
      const text = await docs.dialog.innerText();
      expect(text).toContain('By username and password');
      expect(text).toContain('Token URL: token');
      expect(text).toContain('Flow: password');
      expect(await docs.offeredScopes()).toEqual(scopeTexts(await documented()));
      expect(watched.complaints).toEqual([]);
    });

    it('tells its three forms apart, the first in sight; only that has a client_id to begin with', async () => {
      await docs.openDialog();
      const forms = await docs.dialog.getByRole('region').all();
      const seen = forms.map(async (form) => ({
        title: await form.getByRole('heading', { level: 3 }).innerText(),
        flow: await form.locator('.flow code').innerText(),
        client: await form.locator('[data-name="clientId"]').inputValue(),
        secret: await form.locator('[data-name="clientSecret"]').inputValue(),
      }));
      const secret = '';
      expect(await Promise.all(seen)).toEqual([
        {
          title: 'In a browser',
          flow: 'authorizationCode with PKCE',
          client: 'hallpass-docs',
          secret,
        },
        { title: 'By username and password', flow: 'password', client: '', secret },
        { title: 'As a machine', flow: 'clientCredentials', client: '', secret },
      ]);
      const scrolled = "document.querySelector('.modal-ux-content').scrollTop";
      expect(await watched.page.evaluate(scrolled)).toBe(0);
      expect(watched.complaints).toEqual([]);
    });

    it('asks in a window of its own for a code, with PKCE (RFC 7636 §4.3)', async () => {
      await docs.openDialog();
      expect(await askedIn(service.url)).toEqual(askedBy(service.url));
    });

    it('names no client where a person signs in by password', async () => {
      await docs.openDialog();
      const sent = watched.page.waitForRequest((request) => request.url().endsWith('/token'));
      await docs.signIn('johndoe', 'secret');
      const request = await sent;
      expect(await request.headerValue('authorization')).toBe('Basic Og==');
      expect(new URLSearchParams(request.postData() ?? '').get('client_id')).toBeNull();
    });

    it('signs in with the scopes that are ticked, closes the locks and calls the routes', async () => {
      await signInAsJohn();
      expect(await docs.dialog.innerText()).toContain('Authorized');
      await docs.closeDialog();
      expect(await docs.locks()).toEqual(await documentedLocks('closed'));

      const me = await docs.execute('GET', '/users/me');
      expect(me).toMatchObject({ status: 200, body: { username: 'johndoe', role: 'admin' } });
      const tasks = await docs.execute('GET', '/tasks');
      expect(tasks).toEqual({ status: 200, body: { items: [], next: null } });
      expect(watched.complaints).toEqual([]);
    });

    it('shows the 403 of a route whose scope was not ticked', async () => {
      await signInAsJohn();
      await docs.closeDialog();
      const refused = await docs.execute('POST', '/tasks');
      expect(refused).toMatchObject({ status: 403, body: { detail: 'Not enough permissions' } });
      expect(watched.complaints).toEqual([networkLine(403, 'Forbidden', `${service.url}/tasks`)]);
    });

    it('gives the usual scopes when none is ticked', async () => {
      await docs.openDialog();
      await docs.signIn('johndoe', 'secret');
      await docs.dialog.getByText('Authorized', { exact: true }).waitFor();
      await docs.closeDialog();
      expect(await docs.execute('POST', '/tasks')).toMatchObject({
        status: 201,
        body: { title: 'Water the plants' },
      });
      expect(watched.complaints).toEqual([]);
    });

    it('gets a token from its own example of POST /token', async () => {
      expect(await docs.execute('POST', '/token')).toMatchObject({
        status: 200,
        body: { token_type: 'bearer', scope: 'items:read tasks:read' },
      });
      expect(watched.complaints).toEqual([]);
    });

    it('shows in the dialog why a sign-in failed', async () => {
      await docs.openDialog();
      await docs.signIn('johndoe', 'wrong');
      const error = docs.dialog.locator('.errors');
      await error.waitFor();
      expect(await error.innerText()).toContain('Incorrect username or password');
      expect(Object.values(await docs.locks())).not.toContain('closed');
      expect(watched.complaints).toEqual([
        networkLine(401, 'Unauthorized', `${service.url}/token`),
      ]);
    });

    it('forgets the token on Logout', async () => {
      await signInAsJohn();
      await docs.logOut();
      await docs.closeDialog();
      expect(await docs.locks()).toEqual(await documentedLocks('open'));
      expect(await docs.execute('GET', '/users/me')).toMatchObject({
        status: 401,
        body: { detail: 'Not authenticated' },
      });
      expect(watched.complaints).toEqual([
        networkLine(401, 'Unauthorized', `${service.url}/users/me`),
      ]);
    });

    it('runs no inline script and asks no other host, whatever gets into the page', async () => {
      await watched.page.evaluate(INTRUSION);
      await watched.page.waitForFunction('window.refused');
      expect(await watched.page.evaluate('window.intruded')).toBeUndefined();
      const violations = watched.complaints.filter((one) => one.startsWith('CSP: '));
      expect(violations.toSorted()).toEqual([
        'CSP: connect-src https://elsewhere.example/',
        'CSP: script-src-elem inline',
      ]);
    });

    it('lands on /docs from /docs/', async () => {
      await docs.open(`${service.url}/docs/`);
      expect(watched.page.url()).toBe(`${service.url}/docs`);
      expect(watched.complaints).toEqual([]);
    });

    it('shows the sections in the order of the document', async () => {
      const { body } = await call(`${service.url}/openapi.json`);
      const sections = await watched.page.locator('.opblock-tag a').allInnerTexts();
      expect(sections).toEqual((body as OpenAPIObject).tags?.map(({ name }) => name));
    });

    it('fits a phone, an open operation too', async () => {
      await watched.page.setViewportSize({ width: 360, height: 740 });
      await docs.execute('GET', '/health/live');
      expect(await watched.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(await watched.page.locator('.auth-wrapper > .authorize').isVisible()).toBe(true);
      expect(watched.complaints).toEqual([]);
    });
  });

  describe('behind a proxy that strips a path prefix', () => {
    beforeEach(() => visit(proxy.url));
    afterEach(() => watched.page.context().close());

    it('signs in and calls a route under the prefix', async () => {
      await signInAsJohn();
      await docs.closeDialog();
      const me = await docs.execute('GET', '/users/me');
      expect(me).toMatchObject({ status: 200, body: { username: 'johndoe' } });
      expect(watched.complaints).toEqual([]);
      expect(proxy.requests).toContain('POST /api/v1/token');
      expect(proxy.requests).toContain('GET /api/v1/users/me');
      expect(proxy.requests.filter((one) => !one.includes(' /api/v1/'))).toEqual([]);
    });

    it('asks for a code under the prefix, to be sent back there', async () => {
      await docs.openDialog();
      const { url } = proxy;
      expect(await askedIn(url)).toEqual(askedBy(url));
    });

    it('lands on the prefixed /docs from /docs/', async () => {
      await docs.open(`${proxy.url}/docs/`);
      expect(watched.page.url()).toBe(`${proxy.url}/docs`);
    });
  });

  async function visit(base: string): Promise<void> {
    watched = await openWatchedPage(browser, base);
    docs = new DocsPage(watched.page);
    await docs.open(`${base}/docs`);
  }

  async function signInAsJohn(): Promise<void> {
    await docs.openDialog();
    await docs.signIn('johndoe', 'secret', ['items:read', 'tasks:read']);
    await docs.dialog.getByText('Authorized', { exact: true }).waitFor();
  }

  /** What the window asks first, whatever it is answered. */
  async function askedIn(base: string): Promise<Record<string, string>> {
    const first = watched.page.context().waitForEvent('request', isAsking);
    await docs.authorizeInBrowser();
    const { origin, pathname, searchParams } = new URL((await first).url());
    expect(`${origin}${pathname}`).toBe(`${base}/authorize`);
    return Object.fromEntries(searchParams);
  }

  function askedBy(base: string) {
    return {
      response_type: 'code',
      client_id: 'hallpass-docs',
      redirect_uri: `${base}/oauth2-redirect.html`,
      state: expect.stringMatching(/./) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    };
  }

  async function documented(): Promise<NamedOperation[]> {
    return operationsOf((await call(`${service.url}/openapi.json`)).body);
  }

  /** What the page must show: the document says which operations are guarded. */
  async function documentedLocks(guarded: Lock): Promise<Record<string, Lock>> {
    const operations = await documented();
    return Object.fromEntries(
      operations.map(({ name, operation }) => [name, operation.security ? guarded : 'none']),
    );
  }
});

function isAsking(request: Request): boolean {
  return request.isNavigationRequest() && request.url().includes('response_type=');
}
