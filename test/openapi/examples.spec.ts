import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, postForm, sendJson, signIn } from '../support/http.js';
import { Schemas } from '../support/json-schema.js';
import {
  contentOf,
  type NamedOperation,
  operationsOf,
  scopeTexts,
  successOf,
} from '../support/openapi.js';

const FORM = 'application/x-www-form-urlencoded';

describe('the examples in the document', () => {
  let service: TestApp;
  let operations: NamedOperation[];
  let schemas: Schemas;
  let token: string;

  beforeAll(async () => {
    service = await startApp();
    const { body } = await call(`${service.url}/openapi.json`);
    operations = operationsOf(body);
    schemas = new Schemas(body);
    const scope = Object.keys(scopeTexts(operations)).join(' ');
    token = await signIn(service.url, 'johndoe', 'secret', scope);
  });
  afterAll(() => service.close());

  it('work: every operation, sent its own example, answers as documented and holds nothing more', async () => {
    for (const one of operations) {
      const [status, documented] = successOf(one.operation);
      const answer = await sendExample(one);
      expect(answer.status, `${one.name}: ${answer.text}`).toBe(status);
      const content = contentOf(documented.content);
      const faults = content ? schemas.faults(answer.body, content.schema) : [answer.text];
      expect(faults, one.name).toEqual(content ? [] : ['']);
    }
  });

  it.each([
    [400, { username: 'johndoe' }],
    [401, { username: 'johndoe', password: 'wrong' }],
  ])('POST /token shows a %i as it is', async (status, fields: Record<string, string>) => {
    const answer = await postForm(`${service.url}/token`, fields);
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(documentedError('POST /token', status)?.example);
  });

  it.each([
    ['POST /tasks', 400, '{'],
    ['POST /tasks', 413, `{"title": "${'x'.repeat(70_000)}"}`],
    ['POST /tasks', 422, '{"title": ""}'],
  ])('%s shows a %i as it is', async (name, status, body) => {
    const answer = await call(`${service.url}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(token) },
      body,
    });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual(documentedError(name, status)?.example);
  });

  it('GET /tasks shows a 422 as it is', async () => {
    const answer = await call(`${service.url}/tasks?limit=0`, { headers: bearer(token) });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual(documentedError('GET /tasks', 422)?.example);
  });

  function documentedError(name: string, status: number) {
    const found = operations.find((one) => one.name === name);
    return contentOf(found?.operation.responses[status]?.content);
  }

  async function sendExample({ method, path, operation }: NamedOperation, at?: string) {
    const url = `${service.url}${at ?? (await fill(path))}`;
    const body = contentOf(operation.requestBody?.content);
    if (!body) return call(url, { method, headers: bearer(token) });
    const example = schemas.sample(body.schema);
    if (body.mediaType === FORM) return postForm(url, example as Record<string, string>);
    return sendJson(url, method, example, token);
  }

  /** A path with the id of something that is there: what its collection makes of its own example. */
  async function fill(path: string): Promise<string> {
    const [, collection, parameter = '', rest] = /^(.+)\/\{(\w+)\}(.*)$/.exec(path) ?? [];
    if (collection === undefined) return path;
    const create = operations.find(({ name }) => name === `POST ${collection}`);
    if (!create) throw new Error(`${path}: no POST ${collection} makes one to try it with`);
    const at = await fill(collection);
    const made = await sendExample(create, at);
    expect(made.body, `${create.name}: ${made.text}`).toHaveProperty(parameter);
    return `${at}/${made.body[parameter]}${rest}`;
  }
});
