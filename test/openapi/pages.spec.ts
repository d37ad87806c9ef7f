import 'reflect-metadata';
import { MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExamplesModule } from '../../src/examples/examples.module.js';
import { RouteTable } from '../../src/platform/http/route-table.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, call } from '../support/http.js';
import { operationsOf } from '../support/openapi.js';
import { rawCall } from '../support/raw.js';

/** Routes that the document does not hold: pages for people, and the metadata below the issuer's path. */
const UNDOCUMENTED = [
  'GET /.well-known/oauth-authorization-server/*',
  'GET /.well-known/openid-configuration/*',
  'GET /authorize',
  'GET /consent',
  'GET /email-verification',
  'GET /email-verification/done',
  'GET /email-verification/form',
  'GET /password-reset',
  'GET /password-reset/done',
  'GET /password-reset/form',
  'GET /sign-in',
  'GET /sign-out',
  'POST /authorize',
  'POST /consent',
  'POST /email-verification/form',
  'POST /password-reset/form',
  'POST /sign-in',
  'POST /sign-out',
];

/** Nor these, which are how it is shown. */
const PAGES = [
  'GET /docs',
  'GET /docs/docs.css',
  'GET /docs/docs.js',
  'GET /docs/logo.svg',
  'GET /docs/page.css',
  'GET /docs/swagger-ui-bundle.js',
  'GET /docs/swagger-ui.css',
  'GET /oauth2-redirect.html',
  'GET /oauth2-redirect.js',
  'GET /openapi.json',
  'GET /redoc',
  'GET /redoc/redoc.css',
  'GET /redoc/redoc.js',
  'GET /redoc/redoc.standalone.js',
  'GET /redoc/redoc.standalone.js.LICENSE.txt',
];

describe('the pages of the docs', () => {
  let service: TestApp;
  let routes: string[];

  beforeAll(async () => {
    const add = vi.spyOn(RouteTable.prototype, 'add'); // hears of every route that Fastify gets
    service = await startApp();
    const all = add.mock.calls.flatMap(([{ method, url }]) =>
      [method].flat().map((one) => `${one} ${url.replaceAll(/:(\w+)/g, '{$1}')}`),
    );
    routes = [...new Set(all)];
    add.mockRestore();
  });
  afterAll(() => service.close());

  it('are, with the pages for people, the only routes that the document does not hold', async () => {
    const { body } = await get('/openapi.json');
    const documented = operationsOf(body).map(({ name }) => name);
    const unseen = routes.filter((one) => !one.startsWith('HEAD ') && !documented.includes(one));
    expect(unseen.toSorted()).toEqual([...PAGES, ...UNDOCUMENTED].toSorted());
    expect(documented.filter((one) => !routes.includes(one))).toEqual([]);
  });

  it.each([
    ['/docs', 'text/html; charset=utf-8'],
    ['/docs/docs.css', 'text/css; charset=utf-8'],
    ['/docs/docs.js', 'application/javascript; charset=utf-8'],
    ['/docs/logo.svg', 'image/svg+xml'],
    ['/docs/page.css', 'text/css; charset=utf-8'],
    ['/docs/swagger-ui.css', 'text/css; charset=utf-8'],
    ['/docs/swagger-ui-bundle.js', 'application/javascript; charset=utf-8'],
    ['/oauth2-redirect.html', 'text/html; charset=utf-8'],
    ['/oauth2-redirect.js', 'application/javascript; charset=utf-8'],
    ['/redoc', 'text/html; charset=utf-8'],
    ['/redoc/redoc.css', 'text/css; charset=utf-8'],
    ['/redoc/redoc.js', 'application/javascript; charset=utf-8'],
    ['/redoc/redoc.standalone.js', 'application/javascript; charset=utf-8'],
    ['/redoc/redoc.standalone.js.LICENSE.txt', 'text/plain; charset=utf-8'],
  ])('%s is served, with the policy of a page', async (path, type) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(type);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none';script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/docs', '/docs/swagger-ui-bundle.js', '/redoc', '/redoc/redoc.standalone.js'])(
    '%s is asked for again, and sent again only when it has changed',
    async (path) => {
      const { headers } = await get(path);
      expect(headers.get('cache-control')).toBe('public, max-age=0');
      const known = `If-None-Match: ${headers.get('etag')}`; // fetch would add Cache-Control: no-cache
      expect((await rawCall(service.url, `GET ${path}`, [known])).status).toBe(304);
    },
  );

  it.each([
    ['/docs', 'Hallpass: try the API'],
    ['/redoc', 'Hallpass: API reference'],
  ])('%s carries the name of the product, and its mark', async (path, title) => {
    const { text } = await get(path);
    expect(text).toContain(`<title>${title}</title>`);
    expect(text).toContain('<link rel="icon" type="image/svg+xml" href="docs/logo.svg" />');
    expect(text).toContain('name="viewport"');
  });

  it.each(['/docs', '/redoc', '/redoc/redoc.standalone.js'])(
    '%s can only be read: another method is 405',
    async (path) => {
      const answer = await call(`${service.url}${path}`, { method: 'POST' });
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      const head = await call(`${service.url}${path}`, { method: 'HEAD' });
      expect([head.status, head.text]).toEqual([200, '']);
    },
  );

  it('have no script of their own in the page', async () => {
    for (const path of ['/docs', '/redoc', '/oauth2-redirect.html']) {
      const { text } = await get(path);
      const scripts = [...text.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
      expect(scripts.length, path).toBeGreaterThan(0);
      for (const [, attributes, code] of scripts) {
        expect(attributes, path).toContain('src=');
        expect(code?.trim(), path).toBe('');
      }
      expect(text, path).not.toMatch(/\son\w+=|https?:\/\/(?!www\.w3\.org)/);
    }
  });

  it.each([
    'LICENSE',
    'NOTICE',
    'README.md',
    'package.json',
    'absolute-path.js',
    'index.js',
    'swagger-initializer.js',
    'swagger-ui-bundle.js.map',
    'swagger-ui-es-bundle.js',
    'oauth2-redirect.html',
    '..%2fpackage.json',
    '%2e%2e/package.json',
    '//swagger-ui.css',
    'nothing',
  ])('/docs/%s, which no page needs, is not served', async (file) => {
    const answer = await get(`/docs/${file}`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each(['redoc.standalone.js.map', 'redoc.html', '..%2fdocs.html', 'LICENSE', 'nothing'])(
    '/redoc/%s, which no page needs, is not served',
    async (file) => expect((await get(`/redoc/${file}`)).status).toBe(404),
  );

  it.each([
    '/docs-json',
    '/docs-yaml',
    '/openapi.yaml',
    '/docs/openapi.json',
    '/redoc/openapi.json',
    '/api',
  ])('%s is not served', async (path) => expect((await get(path)).status).toBe(404));

  it.each([
    ['/docs/', '../docs'],
    ['/docs/?x=1', '../docs'],
    ['/redoc/', '../redoc'],
    ['/redoc/?x=1', '../redoc'],
    ['/redoc/redoc.js/', '../redoc.js'],
  ])('%s redirects to %s, where relative links hold', async (path, location) => {
    const answer = await get(path);
    expect(answer.status).toBe(308);
    expect(answer.headers.get('location')).toBe(location);
  });

  function get(path: string): Promise<Answer> {
    return call(`${service.url}${path}`);
  }
});

describe('with another setting', () => {
  let service: TestApp;

  afterEach(() => service.close());

  it('DOCS=off: none of them is there', async () => {
    service = await startApp({ env: { DOCS: 'off' } });
    const paths = PAGES.map((route) => route.replace('GET ', ''));
    for (const path of [...paths, '/docs/', '/redoc/']) {
      const answer = await call(`${service.url}${path}`);
      expect(answer.status, path).toBe(404);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
  });

  it('EXAMPLES=off takes the examples out of the document, and nothing else', async () => {
    const full = await documentWith({ EXAMPLES: 'on' });
    await service.close();
    const { paths, tags, components, ...rest } = await documentWith({ EXAMPLES: 'off' });

    const { paths: allPaths, tags: allTags, components: all, ...allRest } = full;
    expect(Object.keys(allPaths)).toEqual(expect.arrayContaining(['/items', '/tasks']));
    expect(['/items', '/tasks'].every(isExample)).toBe(true);
    expect(paths).toEqual(
      Object.fromEntries(Object.entries(allPaths).filter(([path]) => !isExample(path))),
    );
    const used = operationsOf({ ...full, paths }).flatMap(({ operation }) => operation.tags ?? []);
    expect(used).not.toContain('Items');
    expect(used).not.toContain('Tasks');
    expect(tags).toEqual(allTags?.filter(({ name }) => used.includes(name)));
    expect(rest).toEqual(allRest);
    expect(all?.schemas).toMatchObject(components?.schemas ?? {});
    expect(Object.keys(components?.schemas ?? {})).not.toContain('Task');
    expect(components?.securitySchemes).toMatchObject({
      OAuth2: { flows: { password: { tokenUrl: 'token', scopes: {} } } },
    });
  });

  it('an https PUBLIC_URL upgrades what a page asks for, and tells browsers to stay with https', async () => {
    service = await startApp({ env: { PUBLIC_URL: 'https://auth.example' } });
    const { headers } = await call(`${service.url}/docs`);
    expect(headers.get('content-security-policy')).toContain('upgrade-insecure-requests');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  async function documentWith(env: Record<string, string>): Promise<OpenAPIObject> {
    service = await startApp({ env: { PUBLIC_URL: 'https://auth.example', ...env } });
    return (await call(`${service.url}/openapi.json`)).body as OpenAPIObject;
  }
});

/** Whether a controller of the examples serves this path. */
function isExample(path: string): boolean {
  const controllers = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, ExamplesModule) as object[];
  const prefixes = controllers.map((one) => Reflect.getMetadata(PATH_METADATA, one) as string);
  return prefixes.some((prefix) => `${path}/`.startsWith(`/${prefix}/`));
}
