import 'reflect-metadata';
import { MODULE_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ExamplesModule } from '../../src/examples/examples.module.js';
import { RouteTable } from '../../src/platform/http/route-table.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, call } from '../support/http.js';
import { operationsOf } from '../support/openapi.js';

/** Routes that the document does not hold: they are how it is shown. */
const PAGES = [
  'GET /docs',
  'GET /docs/',
  'GET /docs/*',
  'GET /docs/LICENSE',
  'GET /docs/docs/swagger-ui-init.js',
  'GET /docs/index.html',
  'GET /docs/swagger-ui-init.js',
  'GET /oauth2-redirect.html',
  'GET /oauth2-redirect.js',
  'GET /openapi.json',
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

  it('are the only routes that the document does not hold', async () => {
    const { body } = await get('/openapi.json');
    const documented = operationsOf(body).map(({ name }) => name);
    const unseen = routes.filter((one) => !one.startsWith('HEAD ') && !documented.includes(one));
    expect(unseen.toSorted()).toEqual(PAGES);
    expect(documented.filter((one) => !routes.includes(one))).toEqual([]);
  });

  it.each([
    ['/docs', 'text/html'],
    ['/docs/swagger-ui.css', 'text/css'],
    ['/docs/swagger-ui-bundle.js', 'javascript'],
    ['/docs/swagger-ui-standalone-preset.js', 'javascript'],
    ['/docs/swagger-ui-init.js', 'javascript'],
    ['/docs/favicon-16x16.png', 'image/png'],
    ['/docs/favicon-32x32.png', 'image/png'],
    ['/oauth2-redirect.html', 'text/html'],
    ['/oauth2-redirect.js', 'text/javascript'],
  ])('%s is served, with the policy of a page', async (path, type) => {
    const answer = await get(path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toContain(type);
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none';script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('have no script of their own in the page', async () => {
    for (const path of ['/docs', '/oauth2-redirect.html']) {
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

  it.each(['/docs-json', '/docs-yaml', '/openapi.yaml', '/docs/openapi.json', '/api'])(
    '%s is not served',
    async (path) => expect((await get(path)).status).toBe(404),
  );

  it.each(['/docs/', '/docs/?x=1', '/docs/index.html'])(
    '%s redirects to /docs, relatively, where the relative token URL holds',
    async (path) => {
      const answer = await get(path);
      expect(answer.status).toBe(308);
      expect(answer.headers.get('location')).toBe('../docs');
    },
  );

  function get(path: string): Promise<Answer> {
    return call(`${service.url}${path}`);
  }
});

describe('with another setting', () => {
  let service: TestApp;

  afterEach(() => service.close());

  it.each(['/docs', '/docs/', '/docs/swagger-ui.css', '/openapi.json', '/oauth2-redirect.html'])(
    'DOCS=off: %s is 404',
    async (path) => {
      service = await startApp({ env: { DOCS: 'off' } });
      const answer = await call(`${service.url}${path}`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    },
  );

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
    expect(used).not.toContain('Examples');
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
    service = await startApp({ env });
    return (await call(`${service.url}/openapi.json`)).body as OpenAPIObject;
  }
});

/** Whether a controller of the examples serves this path. */
function isExample(path: string): boolean {
  const controllers = Reflect.getMetadata(MODULE_METADATA.CONTROLLERS, ExamplesModule) as object[];
  const prefixes = controllers.map((one) => Reflect.getMetadata(PATH_METADATA, one) as string);
  return prefixes.some((prefix) => `${path}/`.startsWith(`/${prefix}/`));
}
