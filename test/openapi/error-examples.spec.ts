import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher, PasswordWorkersBusy } from '../../src/users/password-hasher.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, postForm, signIn } from '../support/http.js';
import { Schemas } from '../support/json-schema.js';
import {
  type Answer as Documented,
  contentOf,
  errorsOf,
  examplesOf,
  type NamedOperation,
  operationsOf,
  scopesOf,
  scopeTexts,
} from '../support/openapi.js';
import { rawCall } from '../support/raw.js';

interface Answered {
  readonly status: number;
  readonly body: unknown;
  readonly header: (name: string) => string | null | undefined;
}

type Provoke = (operation: NamedOperation) => Promise<Answered>;

/** An id that is nobody's. */
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';
/** What cannot be provoked yet: every token is a user's. */
const TO_COME = "This route needs a user's token";
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the examples of errors in the document', () => {
  let service: TestApp;
  let operations: NamedOperation[];
  let schemas: Schemas;
  let good: string;
  let ofDisabled: string;

  beforeAll(async () => {
    service = await startApp({ limited: true });
    const { body } = await call(`${service.url}/openapi.json`);
    operations = operationsOf(body);
    schemas = new Schemas(body);
    good = await signInFully();
    ofDisabled = await signIn(service.url, 'alice', 'secret2');
    await service.app.get(UsersService).disable(service.people.alice.id);
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => service.close());

  it('of guarded operations are what is answered, challenge and all', async () => {
    for (const one of operations.filter(({ operation }) => scopesOf(operation))) {
      await expectTrue(one, GUARDED);
    }
  });

  it('of POST /token are what is answered', async () => {
    const token = operations.filter(({ name }) => name === 'POST /token');
    expect(token).toHaveLength(1);
    for (const one of token) await expectTrue(one, TOKEN);
  });

  it('of operations for anyone are what is answered, where anything can go wrong at all', async () => {
    const open = operations.filter(
      ({ operation, path }) => !scopesOf(operation) && path !== '/token',
    );
    for (const one of open) await expectTrue(one, OPEN);
  });

  /** With every scope that a route needs: a default token may lack those of a route that somebody added. */
  function signInFully(): Promise<string> {
    const scope = Object.keys(scopeTexts(operations)).join(' ');
    return signIn(service.url, 'johndoe', 'secret', scope);
  }

  /** By the example's detail, or its status where each operation has its own. */
  const GUARDED: Record<string, Provoke> = {
    'Two Authorization headers were sent': ({ method, path }) => {
      const header = `Authorization: Bearer ${good}`;
      return rawCall(service.url, `${method} ${path}`, [header, header]).then(
        ({ status, body, headers }) => ({ status, body, header: (name) => headers[name] }),
      );
    },
    'Not authenticated': (one) => send(one),
    'Could not validate credentials': (one) => send(one, bearer('no.such.token')),
    'Inactive user': (one) => send(one, bearer(ofDisabled)),
    'Not enough permissions': async (one) =>
      send(one, bearer(await signIn(service.url, 'johndoe', 'secret', 'profile'))),
    'The database does not answer': async (one) => {
      const fresh = await signInFully();
      return withBrokenDatabase('ECONNREFUSED', () => send(one, bearer(fresh)));
    },
    'Internal server error': async (one) => {
      const fresh = await signInFully();
      return withBrokenDatabase('EBUG', () => send(one, bearer(fresh)));
    },
    'The body is not valid JSON': (one) => send(one, { ...bearer(good), ...JSON_TYPE }, '{'),
    413: (one) => send(one, { ...bearer(good), ...JSON_TYPE }, `"${'x'.repeat(70_000)}"`),
    415: (one) => send(one, { ...bearer(good), 'content-type': 'text/plain' }, 'x'),
    404: (one) => send(one, { ...bearer(good), ...JSON_TYPE }, '{}'),
    422: (one) => {
      const { errors } = onlyExample(one, 422) as { errors: [{ field: string }] };
      const [{ field }] = errors;
      const body = contentOf(one.operation.requestBody?.content);
      if (!body) return send(one, bearer(good), undefined, `?${field}=0`);
      const fields = schemas.sample(body.schema) as object;
      const headers = { ...bearer(good), ...JSON_TYPE };
      return send(one, headers, JSON.stringify({ ...fields, [field]: null }));
    },
  };

  const right = { username: 'johndoe', password: 'secret' };
  const TOKEN: Record<string, Provoke> = {
    'password is missing': () => sendForm({ username: 'johndoe' }),
    'Send a plain form (application/x-www-form-urlencoded)': (one) =>
      send(one, JSON_TYPE, JSON.stringify(right)),
    'grant_type must be one of: password': () =>
      sendForm({ ...right, grant_type: 'carrier_pigeon' }),
    'The scope tasks:admin is not allowed': () => sendForm({ ...right, scope: 'tasks:admin' }),
    'Incorrect username or password': () => sendForm({ ...right, password: 'wrong' }),
    'Client authentication failed': () => sendForm({ ...right, client_id: 'nobody' }),
    413: () => sendForm({ ...right, x: 'x'.repeat(70_000) }),
    429: async () => {
      const guess = { username: 'guessed', password: 'wrong' };
      for (let count = 0; count < 10; count += 1) await sendForm(guess);
      return sendForm(guess);
    },
    'Internal server error': () => withBrokenDatabase('EBUG', () => sendForm(right)),
    'The database does not answer': () => withBrokenDatabase('ECONNREFUSED', () => sendForm(right)),
    'Too many sign-ins at once, try again': () => {
      const hasher = service.app.get(PasswordHasher);
      vi.spyOn(hasher, 'verify').mockRejectedValueOnce(new PasswordWorkersBusy());
      return sendForm(right);
    },
  };

  const OPEN: Record<string, Provoke> = {
    503: (one) => withBrokenDatabase('ECONNREFUSED', () => send(one)),
    // Nothing that these do can fail on demand, so another route has to.
    'Internal server error': () => {
      const me = operations.find(({ name }) => name === 'GET /users/me');
      return (GUARDED['Internal server error'] as Provoke)(me as NamedOperation);
    },
  };

  async function expectTrue(one: NamedOperation, provocations: Record<string, Provoke>) {
    for (const [status, documented] of errorsOf(one.operation)) {
      const examples = Object.entries(examplesOf(contentOf(documented.content)));
      for (const [name, example] of examples as [string, { detail: string }][]) {
        const at = `${one.name} ${status} ${name}: ${example.detail}`;
        if (example.detail === TO_COME) continue;
        const provoke = provocations[example.detail] ?? provocations[status];
        if (!provoke) throw new Error(`${at} is provoked by nothing here`);
        const answer = await provoke(one);
        vi.restoreAllMocks();
        expect(answer.status, at).toBe(status);
        expect(answer.body, at).toEqual(withAnyId(example));
        expectHeaders(answer, documented, name, at);
      }
    }
  }

  function expectHeaders(
    { header }: Answered,
    { headers = {} }: Documented,
    of: string,
    at: string,
  ) {
    const challenge = examplesOf(headers['WWW-Authenticate']);
    expect(header('www-authenticate') ?? undefined, at).toBe(challenge[of] ?? challenge['only']);
    const wait = examplesOf(headers['Retry-After']);
    const promised = (wait[of] ?? wait['only']) !== undefined;
    expect(/^[1-9]\d*$/.test(header('retry-after') ?? ''), at).toBe(promised);
  }

  function onlyExample({ operation }: NamedOperation, status: number): unknown {
    return examplesOf(contentOf(operation.responses[status]?.content))['only'];
  }

  function sendForm(fields: Record<string, string>): Promise<Answered> {
    return postForm(`${service.url}/token`, fields).then(readable);
  }

  function send(
    { method, path }: NamedOperation,
    headers: Record<string, string> = {},
    body?: string,
    query = '',
  ): Promise<Answered> {
    const url = `${service.url}${path.replaceAll(/\{\w+\}/g, NO_ID)}${query}`;
    return call(url, { method, headers, ...(method === 'GET' ? {} : { body }) }).then(readable);
  }

  /** Every statement fails, as it does where the server of the database is gone, or a driver has a bug. */
  async function withBrokenDatabase(code: string, ask: () => Promise<Answered>) {
    const database = service.app.get<DataSource>(getDataSourceToken());
    const failure = Object.assign(new Error('broken on purpose'), { code });
    vi.spyOn(database, 'createQueryRunner').mockImplementation(() => {
      throw failure;
    });
    return ask();
  }
});

function readable({ status, body, headers }: Awaited<ReturnType<typeof call>>): Answered {
  return { status, body: body as unknown, header: (name) => headers.get(name) };
}

function withAnyId(example: object): object {
  return 'request_id' in example
    ? { ...example, request_id: expect.any(String) as string }
    : example;
}
