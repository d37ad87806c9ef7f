import blns from 'big-list-of-naughty-strings/blns.json' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normalizeUsername } from '../src/users/username.js';
import { startApp, type TestApp } from './support/app.js';
import { DocumentCaller } from './support/document-caller.js';
import { type Answer, call, postForm } from './support/http.js';
import type { JsonSchema } from './support/json-schema.js';
import { basic } from './support/oauth.js';
import { contentOf, type NamedOperation } from './support/openapi.js';

/** What the list cannot carry in a text file, or has not met yet. */
const MORE = [
  '\0',
  'a\0b',
  '\ud800',
  'a\udfffb',
  '\ufeffa',
  'é',
  'e\u0301',
  '\u{10ffff}',
  '%00',
  '\\u0000',
  "'; DROP TABLE users; --",
  '$1',
  ':id',
  '{{7*7}}',
  '<%= 7*7 %>',
  '__proto__',
  'constructor',
  'toString',
  '🂡'.repeat(100),
  'a'.repeat(10_000),
];

const NAUGHTY: readonly string[] = [...new Set([...blns, ...MORE])];

/** What a URL can carry. */
const WELL_FORMED = NAUGHTY.filter((text) => text !== '' && text.isWellFormed());

/** A username is kept in one form of those that look the same; contract: after NFKC. */
const KEPT_AS: Readonly<Record<string, (text: string) => string>> = { username: normalizeUsername };

describe('the big list of naughty strings', () => {
  let service: TestApp;
  let caller: DocumentCaller;
  /** how many were kept and found again, by field */
  const found = new Map<string, number>();

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open', LOG_LEVEL: 'silent' } });
    caller = await DocumentCaller.of(service);
  });
  afterAll(() => service.close());

  it('is as long as it is said to be', () => {
    expect(NAUGHTY.length).toBeGreaterThan(470);
  });

  it('in any field of any body is kept and returned to the letter, or refused', async () => {
    const fields = caller.operations.flatMap((one) =>
      textFieldsOf(one).map((field) => [one, field] as const),
    );
    for (const [one, { name, wrap }] of fields) {
      let at = await caller.fill(one.path);
      for (const text of NAUGHTY) {
        const value = wrap(text);
        const answer = await caller.send(one, { ...caller.sampleOf(one), [name]: value }, at);
        expectNoFailure(answer, `${one.name} ${name} ${JSON.stringify(text.slice(0, 100))}`);
        if (answer.status >= 300) continue;
        await expectKept(one, name, value, answer);
        if (await caller.stayAlive()) at = await caller.fill(one.path);
      }
    }
    expect(fields.length).toBeGreaterThan(20);
    expect(found.get('POST /tasks title')).toBeGreaterThan(NAUGHTY.length / 2);
    expect(found.get('POST /signup username')).toBeGreaterThan(50);
  }, 600_000);

  it('in any parameter of a path or a query is answered or refused', async () => {
    let tried = 0;
    for (const one of caller.operations) {
      for (const { name, in: place } of one.operation.parameters ?? []) {
        if (place === 'header') continue;
        tried++;
        for (const text of WELL_FORMED) {
          const at =
            (await place) === 'path'
              ? one.path.replace(`{${name}}`, encodeURIComponent(text))
              : `${await caller.fill(one.path)}?${new URLSearchParams([[name, text]])}`;
          const answer = await caller.send(one, caller.sampleOf(one), at);
          expectNoFailure(answer, `${one.name} ${name} ${JSON.stringify(text.slice(0, 100))}`);
        }
      }
    }
    expect(tried).toBeGreaterThan(10);
  }, 600_000);

  it('as a client’s name and secret is refused', async () => {
    for (const text of WELL_FORMED) {
      const encoded = encodeURIComponent(text);
      for (const credentials of [`${text}:${text}`, `${encoded}:${encoded}`]) {
        const form = { grant_type: 'client_credentials' };
        const answer = await postForm(`${service.url}/token`, form, basic(credentials));
        expect([400, 401, 431], text.slice(0, 100)).toContain(answer.status); // 431: too long for a header
      }
    }
  });

  function textFieldsOf({ operation }: NamedOperation) {
    const content = contentOf(operation.requestBody?.content);
    const { properties = {} } = content ? caller.schemas.resolve(content.schema) : {};
    return Object.entries(properties).flatMap(([name, schema]) => {
      if (isText(schema)) return [{ name, wrap: (text: string): unknown => text }];
      return schema.items && isText(schema.items)
        ? [{ name, wrap: (text: string): unknown => [text] }]
        : [];
    });
  }

  /** In the answer and, where what was made can be read again, there too. */
  async function expectKept(
    { name: operation, path }: NamedOperation,
    field: string,
    sent: unknown,
    { body }: Answer,
  ): Promise<void> {
    if (body?.id === undefined) return; // no resource
    const kept = KEPT_AS[field]?.(sent as string) ?? sent;
    found.set(`${operation} ${field}`, (found.get(`${operation} ${field}`) ?? 0) + 1);
    if (field in body) expect(body[field], `${operation} ${field}`).toEqual(kept);
    if (!caller.operations.some(({ name }) => name === `GET ${path}/{id}`)) return;
    const read = await call(`${service.url}${path}/${body.id}`, { headers: caller.headers });
    expect(read.body[field], `${operation} ${field}, read again`).toEqual(kept);
  }
});

function isText({ type }: JsonSchema): boolean {
  return [type].flat().includes('string');
}

function expectNoFailure({ status, text }: Answer, what: string): void {
  if (status >= 500) expect.fail(`${what}: ${status} ${text}`);
}
