import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, postForm, sendJson, signIn } from '../support/http.js';
import { Schemas } from '../support/json-schema.js';
import {
  contentOf,
  examplesOf,
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

  it('of a body, where they have names, work each', async () => {
    const named = operations.flatMap((one) =>
      Object.values(examplesOf(contentOf(one.operation.requestBody?.content))).map(
        (example) => [one, example] as const,
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const [one, example] of named) {
      const answer = await sendBody(one, example);
      expect(answer.status, `${one.name}: ${answer.text}`).toBe(successOf(one.operation)[0]);
    }
  });

  async function sendExample(one: NamedOperation, at?: string) {
    const { method, path, operation } = one;
    const body = contentOf(operation.requestBody?.content);
    if (body) return sendBody(one, schemas.sample(body.schema), at);
    const url = `${service.url}${at ?? (await fill(path))}`;
    return call(url, { method, headers: bearer(token) });
  }

  async function sendBody({ method, path, operation }: NamedOperation, body: unknown, at?: string) {
    const url = `${service.url}${at ?? (await fill(path))}`;
    const isForm = contentOf(operation.requestBody?.content)?.mediaType === FORM;
    if (isForm) return postForm(url, body as Record<string, string>);
    return sendJson(url, method, body, token);
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
