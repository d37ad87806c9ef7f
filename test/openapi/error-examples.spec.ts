import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { INVALID_LINK } from '../../src/accounts/invalid-link.js';
import { RegistrationGuard } from '../../src/accounts/registration.guard.js';
import { isOAuthEndpoint } from '../../src/platform/http/problem.js';
import { GRANT_TYPES } from '../../src/protocol/token-request.js';
import { EmailAddresses, EmailChangedMeanwhile } from '../../src/users/email-addresses.js';
import { PasswordHasher, PasswordWorkersBusy } from '../../src/users/password-hasher.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, type TestClient } from '../support/clients.js';
import { addApplication } from '../support/codes.js';
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
const right = { username: 'johndoe', password: 'secret' };
/** Somebody else's, that has the password grant although none can be registered with it. */
const APPLICATION = { grants: ['password'], scopes: ['profile'] } as const;
/** As a proxy says it. */
const ELSEWHERE = { 'x-forwarded-for': '203.0.113.1' };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('the examples of errors in the document', () => {
  let service: TestApp;
  let operations: NamedOperation[];
  let schemas: Schemas;
  let good: string;
  let ofDisabled: string;
  let foreign: TestClient;
  let machine: TestClient;
  let application: TestClient;
  let manager: TestClient;
  let userManager: TestClient;
  let ours: TestClient;

  beforeAll(async () => {
    const env = { TRUST_PROXY: '1', RATE_LIMIT_PER_MINUTE: '1', REGISTRATION: 'open' }; // this machine is not counted
    service = await startApp({ limited: true, env });
    const { body } = await call(`${service.url}/openapi.json`);
    operations = operationsOf(body);
    schemas = new Schemas(body);
    good = await signInFully();
    foreign = await addClient(service, { ...APPLICATION, confidential: false });
    machine = await addClient(service);
    application = await addApplication(service);
    manager = await addClient(service, { scopes: ['clients:write'] });
    userManager = await addClient(service, { scopes: ['users:write'] });
    ours = await addClient(service, { firstParty: true });
    ofDisabled = await signIn(service.url, 'alice', 'secret2');
    await service.app.get(UsersService).change({ id: service.people.alice.id }, { disabled: true });
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

  it('of POST /revoke and POST /introspect are what is answered', async () => {
    const two = operations.filter(({ path }) => ['/revoke', '/introspect'].includes(path));
    expect(two).toHaveLength(2);
    for (const one of two) await expectTrue(one, REFERENCE);
  });

  it('of operations for anyone are what is answered, where anything can go wrong at all', async () => {
    const open = operations.filter(
      ({ operation, path }) => !scopesOf(operation) && !isOAuthEndpoint(path),
    );
    for (const one of open) await expectTrue(one, OPEN);
  });

  /** With every scope that a route needs: a default token may lack those of a route that somebody added. */
  function signInFully(): Promise<string> {
    const scope = Object.keys(scopeTexts(operations)).join(' ');
    return signIn(service.url, 'johndoe', 'secret', scope);
  }

  const sendTwice: Provoke = async (one) => {
    await send(one, ELSEWHERE);
    return send(one, ELSEWHERE);
  };
  const TOO_MANY = { 'Too many requests, try again later': sendTwice };

  /** By the example's detail, or its status where each operation has its own. */
  const GUARDED: Record<string, Provoke> = {
    ...TOO_MANY,
    'Two Authorization headers were sent': ({ method, path }) => {
      const header = `Authorization: Bearer ${good}`;
      return rawCall(service.url, `${method} ${path}`, [header, header]).then(
        ({ status, body, headers }) => ({ status, body, header: (name) => headers[name] }),
      );
    },
    'Not authenticated': (one) => send(one),
    'Could not validate credentials': (one) => send(one, bearer('no.such.token')),
    'Inactive user': (one) => send(one, bearer(ofDisabled)),
    "This route needs a user's token": async (one) =>
      send(one, bearer(await tokenOf(machine, { grant_type: 'client_credentials' }))),
    'This route needs a first-party token': async (one) =>
      send(one, bearer(await tokenOf(foreign, right))),
    'A machine may not manage a first-party client': async (one) => {
      const token = await tokenOf(manager, { grant_type: 'client_credentials' });
      const body = contentOf(one.operation.requestBody?.content);
      const sent = body && { ...(schemas.sample(body.schema) as object), first_party: true };
      const headers = { ...bearer(token), ...(sent ? JSON_TYPE : {}) };
      return send(onClient(ours.id, one), headers, sent && JSON.stringify(sent));
    },
    'A machine may not manage an administrator': async (one) =>
      sendAsUserManager(onUser(service.people.johndoe.id, one), {}),
    'A machine may not make an administrator': (one) => sendAsUserManager(one, { role: 'admin' }),
    'The account is disabled, so no link would work; enable it first': (one) =>
      send(onUser(service.people.bob.id, one), bearer(good)),
    'This username is taken': (one) => sendSample(one, { username: 'johndoe' }, bearer(good)),
    'A public client has no secret': (one) => send(onClient(foreign.id, one), bearer(good)),
    'A built-in client cannot be deleted; disable it instead': (one) =>
      send(onClient('hallpass', one), bearer(good)),
    'Incorrect password': (one) =>
      sendSample(one, { password: 'wrong', current_password: 'wrong' }, bearer(good)),
    'The password was changed meanwhile': (one) => {
      vi.spyOn(service.app.get(Passwords), 'change').mockResolvedValueOnce(false);
      return sendSample(one, {}, bearer(good));
    },
    'The e-mail address was changed meanwhile, try again': (one) => {
      const failure = new EmailChangedMeanwhile();
      vi.spyOn(service.app.get(EmailAddresses), 'change').mockRejectedValueOnce(failure);
      return sendSample(one, {}, bearer(good));
    },
    'The last active administrator cannot be disabled, demoted or deleted': (one) =>
      sendSample(onUser(service.people.johndoe.id, one), { disabled: true }, bearer(good)),
    'There is no e-mail address to confirm': (one) => send(one, bearer(good)),
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

  const BODIES: Record<string, Provoke> = Object.fromEntries(
    ['The body is not valid JSON', '413', '415', '422'].map((which) => [
      which,
      GUARDED[which] as Provoke,
    ]),
  );

  const TOKEN: Record<string, Provoke> = {
    ...TOO_MANY,
    'password is missing': () => sendForm({ username: 'johndoe' }),
    'Send a plain form (application/x-www-form-urlencoded)': (one) =>
      send(one, JSON_TYPE, JSON.stringify(right)),
    [`grant_type must be one of: ${GRANT_TYPES.join(', ')}`]: () =>
      sendForm({ ...right, grant_type: 'carrier_pigeon' }),
    'This client may not use this grant': () =>
      sendForm({ grant_type: 'refresh_token', refresh_token: 'x', client_id: foreign.id }),
    'The refresh token is invalid': () =>
      sendForm({ grant_type: 'refresh_token', refresh_token: 'hp_rt_x' }),
    'The code is invalid': () =>
      sendForm({
        grant_type: 'authorization_code',
        code: 'hp_ac_x',
        code_verifier: 'x',
        client_id: application.id,
      }),
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

  /** /revoke and /introspect. */
  const REFERENCE: Record<string, Provoke> = {
    ...TOO_MANY,
    'token is missing': ({ path }) => sendForm({}, path),
    'Send a plain form (application/x-www-form-urlencoded)': (one) => send(one, JSON_TYPE, '{}'),
    'The token was not issued to this client': async ({ path }) =>
      sendForm({ token: await tokenOf(foreign, right) }, path),
    'Client authentication failed': ({ path }) =>
      sendForm({ token: 'x', client_id: 'nobody' }, path),
    413: ({ path }) => sendForm({ token: 'x'.repeat(70_000) }, path),
    'Internal server error': ({ path }) =>
      withBrokenDatabase('EBUG', () => sendForm({ token: 'x', client_id: 'unread-1' }, path)),
    'The database does not answer': ({ path }) =>
      withBrokenDatabase('ECONNREFUSED', () =>
        sendForm({ token: 'x', client_id: 'unread-2' }, path),
      ),
  };

  const OPEN: Record<string, Provoke> = {
    ...TOO_MANY,
    ...BODIES,
    'Registration is closed': (one) => {
      const closed = new RegistrationGuard({ ...service.settings, REGISTRATION: 'closed' });
      const guard = service.app.get(RegistrationGuard, { strict: false });
      vi.spyOn(guard, 'canActivate').mockImplementation(() => closed.canActivate());
      return sendSample(one, {});
    },
    'This username is taken': (one) => sendSample(one, { username: 'johndoe' }),
    [INVALID_LINK]: (one) => sendSample(one, {}),
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

  function sendForm(fields: Record<string, string>, path = '/token'): Promise<Answered> {
    return postForm(`${service.url}${path}`, fields).then(readable);
  }

  async function tokenOf({ id, secret }: TestClient, fields: Record<string, string>) {
    const client = { client_id: id, ...(secret === '' ? {} : { client_secret: secret }) };
    const { body } = await postForm(`${service.url}/token`, { ...fields, ...client });
    return body.access_token as string;
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

  /** The body of the document's own examples, with other values for the fields that it has; none where it has none. */
  function sendSample(
    one: NamedOperation,
    values: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const body = contentOf(one.operation.requestBody?.content);
    if (!body) return send(one, headers);
    const sample = schemas.sample(body.schema) as Record<string, unknown>;
    const own = Object.entries(values).filter(([name]) => name in sample);
    const sent = { ...sample, ...Object.fromEntries(own) };
    return send(one, { ...JSON_TYPE, ...headers }, JSON.stringify(sent));
  }

  async function sendAsUserManager(one: NamedOperation, values: Record<string, unknown>) {
    const token = await tokenOf(userManager, { grant_type: 'client_credentials' });
    return sendSample(one, values, bearer(token));
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

/** The operation on the account with this id. */
const onUser = onClient;

/** The operation on the client with this id. */
function onClient(id: string, one: NamedOperation): NamedOperation {
  return { ...one, path: one.path.replace('{id}', id) };
}

function readable({ status, body, headers }: Awaited<ReturnType<typeof call>>): Answered {
  return { status, body: body as unknown, header: (name) => headers.get(name) };
}

function withAnyId(example: object): object {
  return 'request_id' in example
    ? { ...example, request_id: expect.any(String) as string }
    : example;
}
