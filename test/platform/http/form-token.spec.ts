import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Public } from '../../../src/auth/public.decorator.js';
import { FormFields } from '../../../src/platform/http/form-fields.decorator.js';
import { FormTokens } from '../../../src/platform/http/form-token.js';
import { PLAIN_PAGE, PLAIN_PAGE_FORM } from '../../../src/platform/http/plain-page.js';
import { startApp, type TestApp, TEST_SECRET } from '../../support/app.js';

const OLD_SECRET = 'test-only-old-Zk3Vw8Qp1Xr6Jm0Ty5';

@Public()
@Controller('form')
class FormController {
  constructor(private readonly tokens: FormTokens) {}

  @RouteConfig(PLAIN_PAGE)
  @Get()
  show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const token = this.tokens.issue(request, reply);
    reply.send(token);
  }

  @RouteConfig(PLAIN_PAGE_FORM)
  @HttpCode(204)
  @Post()
  submit(@Req() request: FastifyRequest, @FormFields(['csrf']) { csrf }: { csrf: string }): void {
    this.tokens.check(request, csrf);
  }
}

interface Sent {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

/** As a browser sends it: fetch would not let a test write Host, Origin and Cookie. */
function send(
  service: TestApp,
  method: string,
  headers: Record<string, string>,
  body = '',
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${service.url}/form`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          text: Buffer.concat(chunks).toString(),
          cookies: answer.headers['set-cookie'] ?? [],
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const start = (env: Record<string, string> = {}) =>
  startApp({ env, controllers: [FormController] });

/** A page, as a browser has it afterwards. */
async function open(service: TestApp, headers: Record<string, string> = {}) {
  const { text: token, cookies } = await send(service, 'GET', headers);
  return { token, cookies, cookie: cookies[0]?.split(';', 1)[0] ?? '' };
}

function submit(service: TestApp, csrf: string, headers: Record<string, string>): Promise<Sent> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return send(service, 'POST', { ...type, ...headers }, new URLSearchParams({ csrf }).toString());
}

describe('FormTokens', () => {
  let service: TestApp;
  let token: string;
  let cookie: string;

  beforeAll(async () => {
    service = await start({ PUBLIC_URL: 'https://auth.example.com' });
  });
  beforeEach(async () => {
    ({ token, cookie } = await open(service));
  });
  afterAll(() => service.close());

  it('sets a cookie that no script reads, no other host sets and no other site’s form carries', async () => {
    const { cookies } = await open(service);
    expect(cookies).toEqual([
      expect.stringMatching(
        /^__Host-hallpass_form=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      ),
    ]);
  });

  it('leaves a browser the cookie that it has, so that pages open side by side all work', async () => {
    const second = await open(service, { cookie });
    expect(second).toMatchObject({ token, cookies: [] });
    expect((await submit(service, token, { cookie })).status).toBe(204);
  });

  it('gives another one for what it has not made', async () => {
    const { cookies } = await open(service, { cookie: '__Host-hallpass_form=x' });
    expect(cookies).toHaveLength(1);
  });

  const OURS = 'https://auth.example.com';
  const HERE = { host: '127.0.0.1:4000' };
  it.each<[string, Record<string, string>, number]>([
    ['neither header: an old browser', {}, 204],
    ['same-origin', { 'sec-fetch-site': 'same-origin' }, 204],
    ['none: sent again by the person', { 'sec-fetch-site': 'none' }, 204],
    ['same-site: a neighbouring host', { 'sec-fetch-site': 'same-site' }, 403],
    ['cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a word that nobody knows', { 'sec-fetch-site': 'perhaps' }, 403],
    ['the origin of PUBLIC_URL', { origin: OURS }, 204],
    ['that and its port', { origin: 'https://auth.example.com:443' }, 204],
    ['another port of PUBLIC_URL', { origin: 'https://auth.example.com:8443' }, 403],
    ['the origin of the Host header', { ...HERE, origin: 'http://127.0.0.1:4000' }, 204],
    ['Host with the usual port', { host: 'here.test:80', origin: 'http://here.test' }, 204],
    ['another port than the Host header', { ...HERE, origin: 'http://127.0.0.1:4001' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['ours as the beginning of another', { origin: 'https://auth.example.com.evil.example' }, 403],
    ['a neighbouring host', { origin: 'https://www.example.com' }, 403],
    ['null: a sandboxed frame', { origin: 'null' }, 403],
    ['null, cross-site', { origin: 'null', 'sec-fetch-site': 'cross-site' }, 403],
    ['null, none', { origin: 'null', 'sec-fetch-site': 'none' }, 403],
    [
      'null, same-origin: our own no-referrer page',
      { origin: 'null', 'sec-fetch-site': 'same-origin' },
      204,
    ],
    [
      'another origin, same-origin',
      { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
      403,
    ],
    ['our origin, cross-site', { origin: OURS, 'sec-fetch-site': 'cross-site' }, 403],
    ['an extension', { origin: 'chrome-extension://abcdefgh' }, 403],
    ['a file', { origin: 'file://' }, 403],
    ['no origin at all', { origin: 'x' }, 403],
  ])('%s: with the right token', async (_what, headers, status) => {
    expect((await submit(service, token, { cookie, ...headers })).status).toBe(status);
  });

  it('refuses the token of another cookie, a broken one, and none', async () => {
    const other = await open(service);
    expect(other.token).not.toBe(token);
    for (const wrong of [other.token, token.slice(1), `${token}A`, `${token}=`, '', 'ü']) {
      expect((await submit(service, wrong, { cookie })).status).toBe(403);
    }
  });

  it('refuses a form without its cookie: one that another site has sent', async () => {
    expect((await submit(service, token, {})).status).toBe(403);
    expect((await submit(service, token, { cookie: 'other=1' })).status).toBe(403);
  });

  it('refuses the cookie as its own token, and an empty cookie', async () => {
    const value = cookie.split('=')[1] ?? '';
    expect((await submit(service, value, { cookie })).status).toBe(403);
    expect((await submit(service, '', { cookie: '__Host-hallpass_form=' })).status).toBe(403);
  });

  it('believes neither of two cookies of one name, in whatever order', async () => {
    const other = await open(service);
    for (const both of [`${cookie}; ${other.cookie}`, `${other.cookie}; ${cookie}`]) {
      expect((await submit(service, token, { cookie: both })).status).toBe(403);
    }
    expect((await submit(service, token, { cookie: `a=1; ${cookie};b=2` })).status).toBe(204);
  });

  it('takes no cookie without the prefix for one with it', async () => {
    const plain = cookie.replace('__Host-', '');
    expect((await submit(service, token, { cookie: plain })).status).toBe(403);
  });

  it('answers with a page that says what to do, and logs why', async () => {
    const { text } = await submit(service, token, { cookie, origin: 'https://evil.example' });
    expect(text).toContain('This form was not sent from a page of ours');
    expect(text).not.toContain('evil.example');
    await expect.poll(() => service.log()).toContain('"reason":"Origin"');
  });
});

describe('FormTokens elsewhere', () => {
  it('on plain http has a cookie that browsers take there', async () => {
    const service = await start();
    const { token, cookie, cookies } = await open(service);
    expect(cookies).toEqual([
      expect.stringMatching(/^hallpass_form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect((await submit(service, token, { cookie, origin: service.url })).status).toBe(204);
    await service.close();
  });

  it('with AUTH_SECRET=new,old still takes a form of the old one, and without it no more', async () => {
    const cookie = `hallpass_form=${'A'.repeat(43)}`;
    const before = await start({ AUTH_SECRET: OLD_SECRET });
    const { token } = await open(before, { cookie });
    await before.close();
    const both = await start({ AUTH_SECRET: `${TEST_SECRET},${OLD_SECRET}` });
    expect((await open(both, { cookie })).token).not.toBe(token);
    expect((await submit(both, token, { cookie })).status).toBe(204);
    await both.close();
    const after = await start();
    expect((await submit(after, token, { cookie })).status).toBe(403);
    await after.close();
  });
});
