import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  emptyFolder,
  hallpass,
  json,
  type Server,
  startServer,
  testing,
} from '../cli/processes.js';
import { browserIsLeftOut, launchChromium } from '../support/chromium.js';
import { freePort } from '../support/free-port.js';
import { bearer, call } from '../support/http.js';
import { serveSpa, SPA_SCOPES, SpaPage } from '../support/spa.js';
import { networkLine, openWatchedPage, type WatchedPage } from '../support/watched-page.js';

const PASSWORD = 'a garden in the rain';

/** Texts, as the tests are not compiled against the DOM. */
const STORED = `JSON.stringify([{ ...localStorage }, { ...sessionStorage }])`;
const AXE = `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) =>
  id + ': ' + nodes.map(({ html }) => html).join(' ')))`;
const WIDTH = `document.documentElement.scrollWidth`;

describe.skipIf(browserIsLeftOut())('the example of a single-page application', () => {
  let server: Server;
  let issuer: string;
  let home: string;
  let browser: Browser;
  let watched: WatchedPage;
  let app: SpaPage;

  beforeAll(async () => {
    browser = await launchChromium();
    const folder = await emptyFolder();
    const [port, spaPort] = [await freePort(), await freePort()];
    issuer = `http://localhost:${port}`;
    home = `http://localhost:${spaPort}/`;
    const env = {
      ...testing,
      PORT: String(port),
      CORS_ORIGINS: new URL(home).origin,
      ACCESS_TOKEN_TTL_SECONDS: '60',
    };
    server = await startServer({ cwd: folder.path, env });
    const place = { cwd: folder.path, env };
    await hallpass(
      ['user', 'create', 'alice', '--full-name', 'Alice Wonderson', '--password-stdin'],
      { ...place, input: PASSWORD },
    );
    const grants = ['authorization_code', 'refresh_token'].flatMap((grant) => ['--grant', grant]);
    const scopes = SPA_SCOPES.flatMap((scope) => ['--scope', scope]);
    const back = ['--redirect-uri', home, '--post-logout-redirect-uri', home];
    const created = ['client', 'create', 'Task list', ...grants, ...scopes, ...back, '--json'];
    const client = json<{ id: string }>(await hallpass(created, place));
    const spa = await serveSpa(spaPort, { ISSUER: issuer, CLIENT_ID: client.id });
    return async () => {
      await browser.close();
      spa.process.kill('SIGTERM');
      await spa.ended;
      await server.stop();
      await folder.remove();
    };
  });
  beforeEach(async () => {
    watched = await openWatchedPage(browser, home);
    app = new SpaPage(watched.page, issuer);
    await watched.page.clock.install();
    await watched.page.goto(home);
  });
  afterEach(() => watched.page.context().close());

  /** What a healthy page has none of; it talks to its own server and to the issuer alone. */
  const complaints = () =>
    watched.complaints.filter((one) => !one.startsWith(`request elsewhere: ${issuer}/`));

  async function signIn(): Promise<void> {
    await app.signIn.click();
    await app.typePassword('alice', PASSWORD);
    await app.decide('approve');
    await app.signOut.waitFor();
  }

  it('signs in with a password that it never sees, asks for consent, and adds a task', async () => {
    await app.signIn.click();
    await app.typePassword('alice', PASSWORD);
    await watched.page.waitForURL(`${issuer}/consent?**`);
    expect(await watched.page.locator('main').innerText()).toContain('Task list');
    await app.decide('approve');
    await app.signOut.waitFor();
    expect(watched.page.url()).toBe(home);
    expect(await watched.page.locator('#person').innerText()).toBe('Signed in as Alice Wonderson');

    await app.addTask('Water the plants');
    await app.addTask('<img src=x onerror=alert(1)>');
    expect(await app.tasks.count()).toBe(2);
    expect(app.sent.map((form) => form.get('grant_type'))).toEqual(['authorization_code']);
    expect(await watched.page.evaluate(STORED)).toBe('[{},{"signed-in":"yes"}]');
    expect(complaints()).toEqual([]);
  });

  it('asks for no password again after a reload', async () => {
    await signIn();
    await watched.page.reload();
    // A redirect to a loopback address proves no client, so consent is asked again. RFC 8252 §8.6.
    await app.signIn.click();
    await app.decide('approve');
    await app.signOut.waitFor();
    expect(complaints()).toEqual([]);
  });

  it('refreshes before the access token expires, and not again until the next does', async () => {
    await signIn();
    await watched.page.clock.fastForward(40_000);
    await app.addTask('Feed the cat');
    await app.addTask('Feed the dog');
    expect(app.sent.map((form) => form.get('grant_type'))).toEqual([
      'authorization_code',
      'refresh_token',
    ]);
    expect(complaints()).toEqual([]);
  });

  it('refreshes when a token is refused before its time, and tries again', async () => {
    await signIn();
    let spoiled = 0;
    await watched.page.route(`${issuer}/tasks`, async (route) => {
      const headers = { ...route.request().headers(), ...bearer('spoiled') };
      await (spoiled++ === 0 ? route.continue({ headers }) : route.continue());
    });
    await app.addTask('Call the plumber');
    expect(app.sent.map((form) => form.get('grant_type'))).toContain('refresh_token');
    expect(complaints()).toEqual([networkLine(401, 'Unauthorized', `${issuer}/tasks`)]);
  });

  it('says that the sign-in has ended when somebody ended it', async () => {
    await signIn();
    await watched.page.route(`${issuer}/token`, (route) => {
      const form = new URLSearchParams(route.request().postData() ?? '');
      form.set('refresh_token', 'spoiled');
      return route.continue({ postData: form.toString() });
    });
    await watched.page.clock.fastForward(40_000);
    await watched.page.getByLabel('A new task').fill('Too late');
    await watched.page.getByRole('button', { name: 'Add' }).click();
    await app.signIn.waitFor();
    expect(await app.trouble.innerText()).toContain('Your sign-in has ended.');
  });

  it('signs out of itself and of the server', async () => {
    const answer = watched.page.waitForResponse(`${issuer}/token`);
    await signIn();
    const { access_token } = (await (await answer).json()) as { access_token: string };
    const ask = () => call(`${issuer}/userinfo`, { headers: bearer(access_token) });
    expect(await ask()).toMatchObject({ status: 200 });

    await app.signOut.click();
    await app.signIn.waitFor();
    expect(watched.page.url()).toBe(home);
    expect(await ask()).toMatchObject({ status: 401 });
    expect(await watched.page.evaluate(STORED)).toBe('[{},{}]');
    await app.signIn.click();
    await watched.page.waitForURL(`${issuer}/sign-in?**`);
    expect(complaints()).toEqual([]);
  });

  it('says what to do when consent is denied', async () => {
    await app.signIn.click();
    await app.typePassword('alice', PASSWORD);
    await app.decide('deny');
    await app.trouble.getByText('(access_denied)').waitFor();
    expect(await app.trouble.innerText()).toContain('Press Sign in to be asked anew.');
    expect(watched.page.url()).toBe(home);
    expect(app.sent).toEqual([]);
    expect(complaints()).toEqual([]);
  });

  it('takes no answer to a question that it did not ask (RFC 6749 §10.12)', async () => {
    await watched.page.goto(`${home}?code=stolen&state=other&iss=${encodeURIComponent(issuer)}`);
    await app.trouble.getByText('belongs to no question').waitFor();
    expect(watched.page.url()).toBe(home);
    expect(app.sent).toEqual([]);
  });

  it('hands its code to no other server (RFC 9207 §2.4)', async () => {
    await watched.page.route(`${issuer}/authorize?**`, (route) => {
      const state = new URL(route.request().url()).searchParams.get('state') ?? '';
      const answer = new URLSearchParams({ code: 'one', state, iss: 'https://attacker.example' });
      return route.fulfill({ status: 303, headers: { Location: `${home}?${answer}` } });
    });
    await app.signIn.click();
    await app.trouble.getByText('of another server').waitFor();
    expect(app.sent).toEqual([]);
  });

  it('tells whoever sets it up why the server does not answer', async () => {
    await watched.page.route(`${issuer}/.well-known/**`, (route) => route.abort());
    await watched.page.reload();
    await app.signIn.waitFor();
    expect(await app.trouble.innerText()).toContain(`CORS_ORIGINS list ${new URL(home).origin}`);
  });

  it.each(['light', 'dark'] as const)('is for everybody, on a phone too: %s', async (scheme) => {
    const { page } = watched;
    await page.emulateMedia({ colorScheme: scheme });
    await page.setViewportSize({ width: 320, height: 640 });
    const faults = async () => {
      await page.evaluate(axe.source);
      return [await page.evaluate(AXE), await page.evaluate(WIDTH)];
    };
    expect(await faults()).toEqual([[], 320]);
    await signIn();
    await app.addTask(`${scheme} ${'w'.repeat(80)}`);
    expect(await faults()).toEqual([[], 320]);
    await page.goto(`${home}?code=stolen&state=other`);
    await app.trouble.waitFor();
    expect(await faults()).toEqual([[], 320]);
  });

  it('is all that its server serves', async () => {
    const from = (path: string) => call(new URL(path, home).href);
    expect(await from('/')).toMatchObject({ status: 200 });
    expect((await from('/')).headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    for (const path of ['/server.mjs', '/README.md', '/..%2f..%2fpackage.json']) {
      expect(await from(path), path).toMatchObject({ status: 404 });
    }
  });
});
