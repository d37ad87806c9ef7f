import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../src/auth/scopes.js';
import { isOAuthEndpoint } from '../src/platform/http/problem.js';
import { startApp, type TestApp } from './support/app.js';
import { call } from './support/http.js';
import { type JsonSchema, Schemas } from './support/json-schema.js';
import {
  contentOf,
  errorsOf,
  examplesOf,
  type NamedOperation,
  operationsOf,
  isForMachines,
  scopesOf,
  scopeTexts,
  successOf,
} from './support/openapi.js';

const run = promisify(execFile);

/** Those of the service itself; an API that is added has its own among them. */
const SECTIONS = ['Tokens', 'Account', 'Items', 'Tasks', 'Administration', 'Health'];

const PROBLEM = ['application/problem+json', '#/components/schemas/Problem'];
const OAUTH_ERROR = ['application/json', '#/components/schemas/OAuthError'];

describe('GET /openapi.json', () => {
  let service: TestApp;
  let document: OpenAPIObject;
  let schemas: Schemas;
  let operations: NamedOperation[];

  beforeAll(async () => {
    service = await startApp();
    document = (await call(`${service.url}/openapi.json`)).body;
    schemas = new Schemas(document);
    operations = operationsOf(document);
  });
  afterAll(() => service.close());

  it('is OpenAPI 3.1.0, with its server relative to itself', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toMatchObject({ title: 'Hallpass', license: { name: 'MIT' } });
    expect(document.servers).toEqual([{ url: '.', description: 'This server' }]);
  });

  it('has one scheme, with relative URLs and a text for each scope that a route needs of people, and of machines', () => {
    expect(document.components?.securitySchemes).toEqual({
      OAuth2: {
        type: 'oauth2',
        description: expect.any(String) as string,
        flows: {
          authorizationCode: {
            authorizationUrl: 'authorize',
            tokenUrl: 'token',
            refreshUrl: 'token',
            scopes: {
              openid: SCOPES.openid.text,
              profile: SCOPES.profile.text,
              email: SCOPES.email.text,
              ...scopeTexts(operations),
            },
          },
          password: {
            tokenUrl: 'token',
            refreshUrl: 'token',
            scopes: scopeTexts(operations),
          },
          clientCredentials: {
            tokenUrl: 'token',
            scopes: scopeTexts(operations.filter(isForMachines)),
          },
        },
      },
    });
  });

  it('describes every operation: summary, one tag, an operationId of its own', () => {
    const tags = document.tags?.map(({ name }) => name) ?? [];
    const faults = operations.filter(({ operation }) => {
      const { summary, operationId, tags: own = [] } = operation;
      return !summary || !operationId || own.length !== 1 || !tags.includes(own[0] as string);
    });
    expect(faults.map(({ name }) => name)).toEqual([]);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has its sections in the order of a first visit, each with a text, and none without a route', () => {
    const names = document.tags?.map(({ name }) => name) ?? [];
    expect(names.filter((name) => SECTIONS.includes(name))).toEqual(SECTIONS);
    expect(document.tags?.every(({ description }) => description)).toBe(true);
    const used = new Set(operations.flatMap(({ operation }) => operation.tags ?? []));
    expect([...used].toSorted()).toEqual(names.toSorted());
  });

  it('names what an answer holds, with an example of each field', () => {
    for (const { name, operation } of operations) {
      const [status, answer] = successOf(operation);
      const content = contentOf(answer.content);
      expect(answer.description, name).toBeTruthy();
      expect(content === undefined, name).toBe(
        [202, 204].includes(Number(status)) || name === 'POST /revoke',
      );
      expect(content ? faultsOfSample(content.schema) : [], name).toEqual([]);
    }
  });

  it('has an example of each field of a body, which fits', () => {
    for (const { name, operation } of operations) {
      const content = contentOf(operation.requestBody?.content);
      expect(content ? faultsOfSample(content.schema) : [], name).toEqual([]);
    }
  });

  it('is in the order in which it is read: section by section, a collection before its members', () => {
    const order = operations.map(({ operation }) => operation.tags?.[0] ?? '');
    const names = document.tags?.map(({ name }) => name) ?? [];
    expect(order).toEqual(order.toSorted((a, b) => names.indexOf(a) - names.indexOf(b)));
    const ofTasks = operations.filter(({ operation }) => operation.tags?.includes('Tasks'));
    expect(ofTasks.map(({ operation }) => operation.operationId)).toEqual([
      'tasks_list',
      'tasks_create',
      'tasks_read',
      'tasks_change',
      'tasks_delete',
    ]);
    expect(operations[0]?.name).toBe('POST /token');
  });

  it('says of each operation, in its description, which scopes it needs', () => {
    for (const { name, operation } of operations) {
      const scopes = scopesOf(operation);
      const needs = operation.description?.split('\n\n').at(-1);
      expect(needs, name).toMatch(
        scopes ? /^Needs (the scopes? `|a token[.,;])/ : /^Open to anyone/,
      );
      const named = [...(needs ?? '').matchAll(/`(\S+)`/g)].map(([, scope]) => scope);
      expect(named, name).toEqual(scopes ?? []);
    }
  });

  it('describes the headers: X-Request-Id everywhere, a challenge with 401, Retry-After with 429', () => {
    expect(document.components?.headers).toHaveProperty('X-Request-Id');
    for (const { name, operation } of operations) {
      for (const [status, { headers = {} }] of Object.entries(operation.responses)) {
        const at = `${name} ${status}`;
        expect(headers['X-Request-Id']?.$ref, at).toBe('#/components/headers/X-Request-Id');
        if (status === '401') expect(headers, at).toHaveProperty('WWW-Authenticate');
        if (status === '429') expect(headers, at).toHaveProperty('Retry-After');
      }
    }
  });

  it('begins with two commands that work as they are written', async () => {
    const { description = '' } = document.info;
    const [, signIn = '', read = ''] = /```sh\n(.*)\n(.*)\n```/.exec(description) ?? [];
    const token = JSON.parse(await shell(signIn)) as { access_token: string };
    const me: unknown = JSON.parse(await shell(read, { TOKEN: token.access_token }));
    expect(me).toMatchObject({ username: 'johndoe' });
  });

  it('shows each error in its one shape, with examples that fit', () => {
    for (const { name, path, operation } of operations) {
      const [mediaType, shape] = isOAuthEndpoint(path) ? OAUTH_ERROR : PROBLEM;
      for (const [status, { description, content: all }] of errorsOf(operation)) {
        const at = `${name} ${status}`;
        const content = contentOf(all);
        expect(description, at).toBeTruthy();
        expect(content, at).toMatchObject({ mediaType, schema: { $ref: shape } });
        const examples = Object.values(examplesOf(content));
        expect(examples.length > 0, at).toBe(!description?.includes('Not sent as yet'));
        for (const example of examples) {
          expect(schemas.faults(example, { $ref: shape }), at).toEqual([]);
          expect(example, at).toMatchObject({ status });
        }
      }
    }
  });

  it('documents what may always go wrong: 500 everywhere, 400, 413 and 422 with a body, 404 with an id', () => {
    for (const { name, path, operation } of operations) {
      const statuses = errorsOf(operation).map(([status]) => status);
      const always = [
        500,
        ...(operation.requestBody ? [400, 413] : []),
        ...(operation.requestBody && !isOAuthEndpoint(path) ? [415, 422] : []),
        ...(path.includes('{') ? [404] : []),
      ];
      expect(statuses, name).toEqual(expect.arrayContaining(always));
    }
  });

  it('takes the token form as FastAPI does: urlencoded, format password; no field required, as each grant has its own', () => {
    const token = operations.find(({ name }) => name === 'POST /token');
    const content = contentOf(token?.operation.requestBody?.content);
    expect(content?.mediaType).toBe('application/x-www-form-urlencoded');
    const form = schemas.resolve(content?.schema ?? {});
    expect(form.required ?? []).toEqual([]);
    expect(form.properties?.['password']?.format).toBe('password');
    expect(form.properties?.['client_secret']?.format).toBe('password');
    expect(form.properties?.['grant_type']?.enum).toContain('password');
  });

  it('calls its schemas by plain names, and has none that nothing refers to', () => {
    const text = JSON.stringify(document);
    const unused = schemas.names.filter((name) => !text.includes(`"#/components/schemas/${name}"`));
    expect(unused).toEqual([]);
    expect(schemas.names.filter((name) => name.endsWith('Dto'))).toEqual([]);
  });

  it('promises no field that says something of the inside', () => {
    expect(JSON.stringify(document.components?.schemas)).not.toMatch(/hash|epoch|owner_?id/i);
  });

  async function shell(command: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await run('sh', ['-c', command], { env: { ...process.env, ...env } });
    return stdout;
  }

  function faultsOfSample(schema: JsonSchema): string[] {
    return schemas.faults(schemas.sample(schema), schema);
  }
});
