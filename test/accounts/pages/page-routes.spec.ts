import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, call, postForm, sendJson } from '../../support/http.js';
import { linkFor } from '../../support/links.js';
import { attributesOf, expectPage } from '../../support/markup.js';
import { somebody } from '../../support/people.js';

const ORIGIN = 'https://app.example';
const BASES = ['/password-reset', '/email-verification'];

describe('a page that a mailed link leads to', () => {
  let service: TestApp;
  let tokens: Readonly<Record<string, string>>;

  /** Answers of every kind, by name. */
  async function answers(headers: Record<string, string> = {}): Promise<Record<string, Answer>> {
    const all: Record<string, Answer> = {};
    for (const base of BASES) {
      const url = `${service.url}${base}`;
      const token = tokens[base] as string;
      all[`${base}: form`] = await call(`${url}?token=${token}`, { headers });
      all[`${base}: HEAD`] = await call(`${url}?token=${token}`, { method: 'HEAD', headers });
      all[`${base}: dead link`] = await call(url, { headers });
      all[`${base}: form asked for`] = await call(`${url}/form`, { headers });
      all[`${base}: done`] = await call(`${url}/done`, { headers });
      all[`${base}: refused`] = await postForm(`${url}/form`, { token: 'x' }, headers);
      all[`${base}: bad form`] = await postForm(`${url}/form`, 'token=%zz', headers);
      all[`${base}: JSON`] = await call(`${url}/form`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ token }),
      });
      all[`${base}: 413`] = await postForm(`${url}/form`, 'x'.repeat(70_000), headers);
      const form = { token, new_password: 'another garden' };
      all[`${base}: redirect`] = await postForm(`${url}/form`, form, headers);
    }
    return all;
  }

  beforeAll(async () => {
    service = await startApp({ env: { CORS_ORIGINS: ORIGIN } });
  });
  beforeEach(async () => {
    const user = await somebody(service);
    const fresh = await somebody(service, { emailVerified: false });
    tokens = {
      '/password-reset': await linkFor(service, user, 'password_reset'),
      '/email-verification': await linkFor(service, fresh, 'email_verification'),
    };
  });
  afterAll(() => service.close());

  it('runs no script, is kept nowhere, framed nowhere and read by no other origin', async () => {
    for (const [name, { headers }] of Object.entries(await answers({ origin: ORIGIN }))) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy.split(';').toSorted(), name).toEqual([
        "base-uri 'none'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        'img-src data:',
        "script-src 'none'",
        expect.stringMatching(/^style-src 'sha256-[\w+/]{43}='$/),
      ]);
      expect(headers.get('cache-control'), name).toBe('no-store');
      expect(headers.get('referrer-policy'), name).toBe('same-origin');
      expect(headers.get('x-frame-options'), name).toBe('DENY');
      expect(headers.get('x-content-type-options'), name).toBe('nosniff');
      expect(headers.get('access-control-allow-origin'), name).toBeNull();
      expect(headers.get('set-cookie'), name).toBeNull();
    }
  });

  it('is HTML also where it is an error, with the style that its policy names and no link elsewhere', async () => {
    for (const [name, answer] of Object.entries(await answers())) {
      if (name.endsWith('redirect')) expect(answer.status, name).toBe(303);
      if (answer.text === '') continue;
      expect(answer.headers.get('content-type'), name).toBe('text/html; charset=utf-8');
      expect(answer.text, name).toMatch(/^<!doctype html>\n<html lang="en">/);
      const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(answer.text) ?? [];
      const hash = createHash('sha256').update(style).digest('base64');
      expect(answer.headers.get('content-security-policy'), name).toContain(`'sha256-${hash}'`);
      expect(answer.text, name).not.toMatch(
        /<script|<link(?! rel="icon" href="data:)|\sstyle=|\son\w+=|https?:/,
      );
    }
  });

  it('names the request where something is wrong with it, and says what', async () => {
    const all = await answers();
    for (const base of BASES) {
      for (const [what, status, text] of [
        ['bad form', 400, 'What was sent is not valid percent-encoded UTF-8.'],
        ['JSON', 400, 'Send a plain form (application/x-www-form-urlencoded).'],
        ['413', 413, 'The body is larger than 65536 bytes.'],
      ] as const) {
        const answer = all[`${base}: ${what}`] as Answer;
        expectPage(answer, status, 'This did not work');
        expect(answer.text).toContain(`<p>${text}</p>`);
        expect(answer.text).toContain(`Request: ${answer.headers.get('x-request-id')}`);
      }
    }
  });

  it('leaves no token in the log, however it is sent', async () => {
    await answers();
    for (const base of BASES) {
      await postForm(`${service.url}${base}/form?token=${tokens[base]}`, '');
      await postForm(`${service.url}${base}/form`, `token=${tokens[base]}&token=${tokens[base]}`);
    }
    const last = await call(`${service.url}/password-reset?token=${tokens['/password-reset']}`);
    const id = last.headers.get('x-request-id') as string;
    await expect.poll(() => service.log()).toContain(id);
    expect(service.settings.LOG_LEVEL).toBe('debug');
    for (const token of Object.values(tokens)) {
      expect(service.log()).not.toContain(token.slice('hp_pr_'.length));
    }
  });

  it.each([
    ['POST', '/password-reset/done', 'GET, HEAD'],
    ['PUT', '/password-reset', 'GET, HEAD, POST'],
    ['DELETE', '/password-reset/form', 'GET, HEAD, POST'],
    ['PUT', '/email-verification', 'GET, HEAD, POST'],
    ['PATCH', '/email-verification/form', 'GET, HEAD, POST'],
    ['OPTIONS', '/email-verification/done', 'GET, HEAD'],
  ])('%s %s is 405, Allow: %s', async (method, path, allow) => {
    const answer = await call(`${service.url}${path}`, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
  });

  it.each(BASES)('%s/ has links that hold as well', async (base) => {
    const address = `${service.url}${base}/?token=${tokens[base]}`;
    const { text } = await call(address);
    const { href } = new URL(attributesOf(text, '<form')['action'] as string, address);
    expect(href).toBe(`${service.url}${base}/form`);
    const form = { token: tokens[base] as string, new_password: 'another garden' };
    const { status, headers } = await postForm(`${href}/`, form);
    expect(status).toBe(303);
    const done = new URL(headers.get('location') as string, `${href}/`);
    expect(done.href).toBe(`${service.url}${base}/done`);
  });

  describe('shares its path with a route of the API, which', () => {
    const preflight = (path: string, method: string) =>
      call(`${service.url}${path}`, {
        method: 'OPTIONS',
        headers: { origin: ORIGIN, 'access-control-request-method': method },
      });

    it.each(BASES)('%s, the front ends of listed origins may still call', async (path) => {
      const answer = await preflight(path, 'POST');
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(ORIGIN);
      expect((await preflight(path, 'GET')).status).toBe(405);
      expect((await preflight(`${path}/form`, 'POST')).status).toBe(405);
    });

    it('answers in JSON, errors too', async () => {
      const answer = await sendJson(`${service.url}/password-reset`, 'POST', {});
      expect(answer.status).toBe(422);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
    });
  });
});
