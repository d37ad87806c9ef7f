import type { OpenAPIObject } from '@nestjs/swagger';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { call } from '../support/http.js';
import { operationsOf } from '../support/openapi.js';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.js';
import { openWatchedPage, type WatchedPage } from '../support/watched-page.js';

describe.skipIf(browserIsLeftOut())('the reference in a browser', () => {
  let service: TestApp;
  let proxy: PrefixProxy;
  let browser: Browser;
  let watched: WatchedPage;
  let asked: string[];

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
  afterEach(() => watched.page.context().close());

  describe('at /redoc', () => {
    beforeEach(() => visit(`${service.url}/redoc`, service.url));

    it('asks this server alone, for a handful of files, and breaks no rule of its policy', () => {
      const files = new Set(asked.map((url) => url.replace(service.url, '')));
      expect([...files].toSorted()).toEqual([
        '/docs/logo.svg',
        '/docs/page.css',
        '/openapi.json',
        '/redoc',
        '/redoc/redoc.css',
        '/redoc/redoc.js',
        '/redoc/redoc.standalone.js',
      ]);
      expect(watched.complaints).toEqual([]);
    });

    it('starts no worker: there is nothing to search with', async () => {
      expect(watched.page.workers()).toEqual([]);
      expect(await watched.page.locator('[role=search]').count()).toBe(0);
    });

    it('shows every operation of the document, in its order', async () => {
      const { body } = await call(`${service.url}/openapi.json`);
      const shown = await watched.page
        .locator('[id^="tag/"][id*="/operation/"] h2')
        .allInnerTexts();
      expect(shown.map((text) => text.trim())).toEqual(
        operationsOf(body as OpenAPIObject).map(({ operation }) => operation.summary),
      );
      expect(watched.complaints).toEqual([]);
    });

    it('names the product, how to sign in, and the address of this server', async () => {
      const text = await watched.page.locator('body').innerText();
      expect(text).toContain('Hallpass');
      expect(text).toContain(`curl ${service.url}/token -d username=johndoe`);
      expect(await watched.page.content()).toContain(`${service.url}</span>/users/me`);
    });

    it('fits a phone', async () => {
      await watched.page.setViewportSize({ width: 360, height: 740 });
      expect(await watched.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
      expect(watched.complaints).toEqual([]);
    });

    it('leads to /docs', async () => {
      await watched.page.getByRole('link', { name: 'Try it' }).first().click();
      await watched.page.locator('.opblock').first().waitFor();
      expect(watched.page.url()).toBe(`${service.url}/docs`);
    });
  });

  describe('behind a proxy that strips a path prefix', () => {
    beforeEach(() => visit(`${proxy.url}/redoc/`, proxy.url));

    it('shows the document with every file from under the prefix', async () => {
      expect(watched.page.url()).toBe(`${proxy.url}/redoc`);
      expect(asked.filter((url) => !url.startsWith(`${proxy.url}/`))).toEqual([]);
      expect(await watched.page.content()).toContain(`${proxy.url}</span>/users/me`);
      expect(watched.complaints).toEqual([]);
    });
  });

  async function visit(url: string, base: string): Promise<void> {
    watched = await openWatchedPage(browser, base);
    asked = [];
    watched.page.on('request', (request) => asked.push(request.url()));
    await watched.page.goto(url);
    await watched.page.locator('[id*="/operation/"]').first().waitFor();
  }
});
