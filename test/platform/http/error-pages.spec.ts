import { Controller, Get, HttpException } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public } from '../../../src/auth/public.decorator.js';
import { PLAIN_PAGE } from '../../../src/platform/http/plain-page.js';
import { TemporarilyUnavailable } from '../../../src/protocol/errors.js';
import { startApp, type TestApp } from '../../support/app.js';
import { call } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';

const CANARY = 'hunter2-canary';

@Public()
@Controller('faulty-page')
class FaultyPages {
  @RouteConfig(PLAIN_PAGE)
  @Get('bug')
  bug(): never {
    throw new Error(`the secret is ${CANARY}`);
  }

  @RouteConfig(PLAIN_PAGE)
  @Get('database-down')
  databaseDown(): never {
    throw Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' });
  }

  @RouteConfig(PLAIN_PAGE)
  @Get('too-often')
  tooOften(): never {
    throw new TemporarilyUnavailable(429, 'Too many attempts, try again later', 840);
  }

  @RouteConfig(PLAIN_PAGE)
  @Get('hostile')
  hostile(): never {
    throw new HttpException(`<script>alert("1")</script>`, 418);
  }
}

describe('an error of a page', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ controllers: [FaultyPages] });
  });
  afterAll(() => service.close());

  it.each([
    ['bug', 500, 'Something went wrong', 'Internal server error.'],
    ['database-down', 503, 'Not available at the moment', 'The database does not answer.'],
    ['too-often', 429, 'Too many attempts', 'Too many attempts, try again later.'],
    ['hostile', 418, 'This did not work', '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;.'],
  ])(
    'is a page, and tells nothing more than a problem does: %s',
    async (path, status, title, text) => {
      const answer = await call(`${service.url}/faulty-page/${path}`);
      expectPage(answer, status, title);
      expect(answer.text).toContain(`<p>${text}</p>`);
      expect(answer.text).toContain(`Request: ${answer.headers.get('x-request-id')}`);
      expect(answer.text).not.toMatch(/canary|<script/);
      expect(answer.headers.get('content-security-policy')).toContain("script-src 'none'");
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('says when to try again, to programs too', async () => {
    const busy = await call(`${service.url}/faulty-page/too-often`);
    expect(busy.headers.get('retry-after')).toBe('840');
    const down = await call(`${service.url}/faulty-page/database-down`);
    expect(down.headers.get('retry-after')).toBe('1');
    expect(down.text).toContain('Please try again in a moment.');
  });

  it('has an https PUBLIC_URL upgrade what it asks for', async () => {
    await service.close();
    service = await startApp({
      env: { PUBLIC_URL: 'https://id.example' },
      controllers: [FaultyPages],
    });
    const { headers } = await call(`${service.url}/faulty-page/bug`);
    expect(headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});
