import type { Browser, Page } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { DocsPage } from '../support/docs-page.js';
import { freePort } from '../support/free-port.js';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.js';
import { openWatchedPage, type WatchedPage } from '../support/watched-page.js';

describe.skipIf(browserIsLeftOut())('Authorize on /docs, in a browser (RFC 6749 §4.1)', () => {
  let browser: Browser;
  let watched: WatchedPage;
  let docs: DocsPage;

  beforeAll(async () => {
    browser = await launchChromium();
    return () => browser.close();
  });
  afterEach(() => watched.page.context().close());

  describe('at /docs', () => {
    let service: TestApp;

    beforeAll(async () => {
      service = await startApp();
      return () => service.close();
    });
    beforeEach(() => visit(service.url));

    it('signs in on a page of this server, comes back with a code and calls a guarded route', async () => {
      await signInAsJohn();
      await docs.closeDialog();
      const me = await docs.execute('GET', '/users/me');
      expect(me).toMatchObject({ status: 200, body: { username: 'johndoe' } });
      expect(watched.complaints).toEqual([]);
    });

    it('has the form alone by which one is signed in, and all again after Logout', async () => {
      await signInAsJohn();
      expect(await titles()).toEqual(['In a browser']);
      await docs.logOut();
      expect(await titles()).toEqual(['In a browser', 'By username and password', 'As a machine']);
      expect(watched.complaints).toEqual([]);
    });
  });

  it('comes back under the prefix that PUBLIC_URL has, as its proxy', async () => {
    const port = await freePort();
    const service = await startApp({ env: { PUBLIC_URL: `http://127.0.0.1:${port}/api/v1` } });
    let proxy: PrefixProxy | undefined;
    try {
      proxy = await startPrefixProxy(service.url, '/api/v1');
      await visit(proxy.url); // on another port than PUBLIC_URL has: RFC 8252 §7.3
      await signInAsJohn({ isAsked: true });
      await docs.closeDialog();
      const me = await docs.execute('GET', '/users/me');
      expect(me).toMatchObject({ status: 200, body: { username: 'johndoe' } });
      expect(proxy.requests.filter((one) => !one.includes(' /api/v1/'))).toEqual([]);
    } finally {
      await proxy?.close();
      await service.close();
    }
  });

  async function visit(base: string): Promise<void> {
    watched = await openWatchedPage(browser, base);
    docs = new DocsPage(watched.page);
    await docs.open(`${base}/docs`);
  }

  /** The window closes by itself; the dialog tells the rest. */
  async function signInAsJohn({ isAsked = false } = {}): Promise<void> {
    await docs.openDialog();
    const popup = await docs.authorizeInBrowser();
    await Promise.all([popup.waitForEvent('close'), fillSignIn(popup, isAsked)]);
    await docs.dialog.getByText('Authorized', { exact: true }).waitFor();
  }

  /** @param isAsked for consent: any program could answer at another port than the one that is registered */
  async function fillSignIn(popup: Page, isAsked: boolean): Promise<void> {
    await popup.locator('input[name="username"]').fill('johndoe');
    await popup.locator('input[name="password"]').fill('secret');
    await popup.locator('input[name="password"]').press('Enter');
    if (isAsked) await popup.getByRole('button', { name: 'Allow' }).click();
  }

  async function titles(): Promise<string[]> {
    const forms = docs.dialog.getByRole('region');
    return forms.getByRole('heading', { level: 3 }).allInnerTexts();
  }
});
