import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LinkPurpose } from '../../src/users/account-link.entity.js';
import type { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { signIn } from '../support/http.js';
import { linkFor } from '../support/links.js';
import { somebody } from '../support/people.js';
import { type PrefixProxy, startPrefixProxy } from '../support/prefix-proxy.js';
import { networkLine, openWatchedPage, type WatchedPage } from '../support/watched-page.js';

const NEW = 'another garden';
/** The longest that a name and an address may be, without a place to break them. */
const LONG_NAME = 'w'.repeat(64);
const LONG_ADDRESS = `${'w'.repeat(64)}@${'w'.repeat(60)}.example.com`;

const PATHS: Readonly<Record<LinkPurpose, string>> = {
  password_reset: 'password-reset',
  invitation: 'password-reset',
  email_verification: 'email-verification',
};

/** Texts, as the tests are not compiled against the DOM. */
const DESCRIPTIONS = `document.activeElement.getAttribute('aria-describedby').split(' ')
  .map((id) => document.getElementById(id).textContent)`;
const MANAGED = `[...document.querySelectorAll('form input:not([type=hidden])')]
  .map(({ type, autocomplete, value, tabIndex }) => ({ type, autocomplete, value, tabIndex }))`;
const BACKGROUND = `getComputedStyle(document.body).backgroundColor`;
const INTRUSION = `
  const script = document.createElement('script');
  script.textContent = 'window.intruded = true';
  document.body.append(script);
  document.body.setAttribute('style', 'background: red');`;

describe.skipIf(browserIsLeftOut())('the pages of mailed links in a browser', () => {
  let service: TestApp;
  let proxy: PrefixProxy;
  let browser: Browser;
  let watched: WatchedPage;
  let user: User;
  /** whose address nobody has verified */
  let fresh: User;

  beforeAll(async () => {
    browser = await launchChromium();
    service = await startApp();
    proxy = await startPrefixProxy(service.url, '/id');
    return async () => {
      await browser.close();
      await proxy.close();
      await service.close();
    };
  });
  beforeEach(async () => {
    watched = await openWatchedPage(browser, service.url);
    user = await somebody(service);
    fresh = await somebody(service, { emailVerified: false });
  });
  afterEach(() => watched.page.context().close());

  const press = (key: string) => watched.page.keyboard.press(key);
  const heading = () => watched.page.getByRole('heading').innerText();
  const focused = (property: string) =>
    watched.page.evaluate(`document.activeElement.${property}`) as Promise<string>;

  async function follow(
    purpose: LinkPurpose,
    base = service.url,
    person = purpose === 'email_verification' ? fresh : user,
  ): Promise<void> {
    const token = await linkFor(service, person, purpose);
    await watched.page.goto(`${base}/${PATHS[purpose]}?token=${token}`);
  }

  /** With everything that the answer to a key loads. */
  async function pressAndLand(key: string, path: string): Promise<void> {
    await Promise.all([watched.page.waitForURL(path), press(key)]);
  }

  it('set a new password by the keyboard alone', async () => {
    await follow('password_reset');
    await press('Tab');
    expect(await focused('id')).toBe('new-password');
    await watched.page.keyboard.type(NEW);
    await press('Tab');
    expect(await focused('textContent')).toBe('Set the password');
    await pressAndLand('Enter', `${service.url}/password-reset/done`);
    expect(await heading()).toBe('The password is set');
    expect(watched.complaints).toEqual([]);
    await signIn(service.url, user.username, NEW);
  });

  it('let who is invited choose a password, by the keyboard alone', async () => {
    await follow('invitation');
    expect(await heading()).toBe('Choose your password');
    await press('Tab');
    await watched.page.keyboard.type(NEW);
    await press('Enter');
    await watched.page.waitForURL(`${service.url}/password-reset/done`);
    expect(await heading()).toBe('The password is set');
    expect(watched.complaints).toEqual([]);
    await signIn(service.url, user.username, NEW);
  });

  it('tell what is wrong with a weak password where it is typed, and take the next', async () => {
    await follow('password_reset');
    await press('Tab');
    await watched.page.keyboard.type('short');
    await press('Enter');
    expect(await watched.page.evaluate('document.activeElement.validity.tooShort')).toBe(true);
    await press('ControlOrMeta+a');
    await watched.page.keyboard.type('password1');
    await pressAndLand('Enter', `${service.url}/password-reset/form`);
    expect(await watched.page.title()).toBe('Error: Set a new password - Hallpass');
    expect(await focused('id')).toBe('new-password');
    expect(await focused('value')).toBe('');
    expect(await watched.page.evaluate(DESCRIPTIONS)).toEqual([
      'The password is one of the most common passwords, which are tried first; take another.',
      expect.stringContaining('At least 8 characters'),
    ]);
    await watched.page.keyboard.type(NEW);
    await pressAndLand('Enter', `${service.url}/password-reset/done`);
    const url = `${service.url}/password-reset/form`;
    expect(watched.complaints).toEqual([networkLine(422, 'Unprocessable Entity', url)]);
  });

  it('show password managers a name and a new password, and the name to nobody else', async () => {
    await follow('password_reset');
    expect(await watched.page.evaluate(MANAGED)).toEqual([
      { type: 'text', autocomplete: 'username', value: user.username, tabIndex: -1 },
      { type: 'password', autocomplete: 'new-password', value: '', tabIndex: 0 },
    ]);
    const box = await watched.page.locator('[autocomplete=username]').boundingBox();
    expect([box?.width, box?.height]).toEqual([1, 1]);
  });

  it('confirm an address by the keyboard alone', async () => {
    await follow('email_verification');
    await press('Tab');
    expect(await focused('textContent')).toBe('Confirm this address');
    await pressAndLand('Enter', `${service.url}/email-verification/done`);
    expect(await heading()).toBe('The address is confirmed');
    expect(watched.complaints).toEqual([]);
    const found = await service.app.get(UsersService).findByUsername(fresh.username);
    expect(found?.verifiedEmailKey).not.toBeNull();
  });

  it('hold behind a proxy that strips a path prefix', async () => {
    await watched.page.context().close();
    watched = await openWatchedPage(browser, proxy.url);
    await follow('password_reset', proxy.url);
    await watched.page.getByLabel('New password').fill('password1');
    await pressAndLand('Enter', `${proxy.url}/password-reset/form`);
    await watched.page.getByLabel('New password').fill(NEW);
    await pressAndLand('Enter', `${proxy.url}/password-reset/done`);
    await follow('email_verification', proxy.url);
    await press('Tab');
    await pressAndLand('Enter', `${proxy.url}/email-verification/done`);
    expect(proxy.requests.filter((one) => !one.includes(' /id/'))).toEqual([]);
  });

  it('fit a phone, the longest names and addresses too', async () => {
    const { page } = watched;
    await page.setViewportSize({ width: 360, height: 640 });
    const long = { email: LONG_ADDRESS, emailVerified: true };
    user = await somebody(service, { ...long, username: LONG_NAME });
    const other = `${LONG_NAME.slice(0, -1)}x`;
    fresh = await somebody(service, { ...long, username: other, emailVerified: false });
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    for (const purpose of ['email_verification', 'password_reset'] as const) {
      await follow(purpose);
      expect(await width()).toBe(360);
      const button = await page.getByRole('button').boundingBox();
      expect(button?.height).toBeGreaterThanOrEqual(44);
    }
    for (const path of ['password-reset', 'email-verification/done']) {
      await page.goto(`${service.url}/${path}`);
      expect(await width()).toBe(360);
    }
  });

  it('are dark for who likes it dark, and light for others', async () => {
    const { page } = watched;
    for (const [colorScheme, background] of [
      ['light', 'rgb(243, 244, 248)'],
      ['dark', 'rgb(20, 22, 29)'],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await follow('password_reset');
      expect(await page.evaluate(BACKGROUND)).toBe(background);
    }
    expect(watched.complaints).toEqual([]);
  });

  it('run no script and take no other style, whatever gets into the page', async () => {
    const { page } = watched;
    await follow('email_verification');
    await page.evaluate(INTRUSION);
    await expect.poll(() => watched.complaints.length).toBeGreaterThanOrEqual(4);
    expect(await page.evaluate('window.intruded')).toBeUndefined();
    expect(await page.evaluate(BACKGROUND)).toBe('rgb(243, 244, 248)');
    const violations = watched.complaints.filter((one) => one.startsWith('CSP: '));
    expect(violations.toSorted()).toEqual([
      'CSP: script-src-elem inline',
      'CSP: style-src-attr inline',
    ]);
  });
});
