import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.js';
import { call } from './support/http.js';

/** What the tutorial guards, and the tasks; openapi/guards.spec.ts proves that no open route has a lock. */
const GUARDED: ReadonlyArray<[method: string, path: string, scopes: string[]]> = [
  ['get', '/users/me', []],
  ['get', '/items', ['items:read']],
  ['get', '/items/secret', []],
  ['get', '/tasks', ['tasks:read']],
  ['post', '/tasks', ['tasks:write']],
  ['get', '/tasks/{id}', ['tasks:read']],
  ['patch', '/tasks/{id}', ['tasks:write']],
  ['delete', '/tasks/{id}', ['tasks:write']],
];

interface Operation {
  security?: unknown;
  requestBody?: { content: Record<string, { schema: { $ref: string } }> };
  responses: Record<string, { content?: Record<string, { schema?: { $ref?: string } }> }>;
}

interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, { required?: string[]; properties: Record<string, object> }>;
    securitySchemes: Record<string, { type: string; flows: Record<string, Flow> }>;
  };
}

interface Flow {
  tokenUrl: string;
  refreshUrl?: string;
  scopes: Record<string, string>;
}

describe('the OpenAPI document, beside the FastAPI security tutorial', () => {
  let service: TestApp;
  let document: OpenApi;

  const operation = (method: string, path: string): Operation => {
    const found = document.paths[path]?.[method];
    if (!found) throw new Error(`${method} ${path} is not documented`);
    return found;
  };

  beforeAll(async () => {
    service = await startApp();
    document = (await call(`${service.url}/openapi.json`)).body as OpenApi;
  });
  afterAll(() => service.close());

  it('is OpenAPI 3.1.0 at /openapi.json, as there', async () => {
    const answer = await call(`${service.url}/openapi.json`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(document.openapi).toBe('3.1.0');
  });

  it('has one scheme, OAuth2, whose password flow has the relative tokenUrl "token", as there', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['OAuth2']);
    const scheme = document.components.securitySchemes['OAuth2'];
    expect(scheme?.type).toBe('oauth2');
    expect(scheme?.flows['password']?.tokenUrl).toBe('token');
  });

  it('gives each scope a text, and lists every scope that an operation needs', () => {
    const scopes = document.components.securitySchemes['OAuth2']?.flows['password']?.scopes ?? {};
    for (const text of Object.values(scopes)) expect(text).toMatch(/\w+/);
    for (const [, , needed] of GUARDED) {
      for (const scope of needed) expect(scopes).toHaveProperty([scope]);
    }
  });

  it.each(GUARDED)('has a lock on %s %s with its scopes %j', (method, path, scopes) => {
    expect(operation(method, path).security).toEqual([{ OAuth2: scopes }]);
  });

  it.each(GUARDED)(
    'documents 401 and 403 of %s %s with their schema, never there',
    (method, path) => {
      for (const status of ['401', '403']) {
        const content = operation(method, path).responses[status]?.content;
        const ref = content?.['application/problem+json']?.schema?.$ref;
        expect(ref).toBe('#/components/schemas/Problem');
      }
      expect(document.components.schemas['Problem']?.required).toContain('detail');
    },
  );

  it('has the form of POST /token: urlencoded, format: password, as there; no field is required, as each grant has its own', () => {
    const content = operation('post', '/token').requestBody?.content ?? {};
    expect(Object.keys(content)).toEqual(['application/x-www-form-urlencoded']);
    const ref = content['application/x-www-form-urlencoded']?.schema.$ref ?? '';
    const form = document.components.schemas[ref.split('/').at(-1) as string];
    expect(form?.required ?? []).toEqual([]);
    expect(Object.keys(form?.properties ?? {})).toEqual(
      expect.arrayContaining(['grant_type', 'username', 'password', 'scope']),
    );
    expect(form?.properties['password']).toMatchObject({ type: 'string', format: 'password' });
    expect(form?.properties['client_secret']).toMatchObject({ format: 'password' });
  });

  it('has /docs with every asset from this server, where there it is a CDN', async () => {
    const page = await call(`${service.url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    const links = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) =>
      String(link),
    );
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) {
      expect(link).toMatch(/^\.?\/?[\w./-]+$/); // relative: neither a scheme nor a host
      expect((await call(new URL(link, `${service.url}/docs`).href)).status).toBe(200);
    }
  });

  it('has /oauth2-redirect.html and its script', async () => {
    for (const path of ['/oauth2-redirect.html', '/oauth2-redirect.js']) {
      expect((await call(`${service.url}${path}`)).status).toBe(200);
    }
  });
});

describe('DOCS=off', () => {
  it.each(['/docs', '/docs/', '/openapi.json', '/oauth2-redirect.html'])(
    'leaves %s out: 404',
    async (path) => {
      const service = await startApp({ env: { DOCS: 'off' } });
      expect((await call(`${service.url}${path}`)).status).toBe(404);
      await service.close();
    },
  );
});
