import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { twinOf } from '../support/attacks/ecdsa.js';
import { attackPack } from '../support/attacks/pack.js';
import { unusedBits } from '../support/attacks/spellings.js';
import type { Attack } from '../support/attacks/target.js';
import { addClient, type TestClient } from '../support/clients.js';
import { claimsOf, forge } from '../support/forge.js';
import { type Answer, bearer, call } from '../support/http.js';
import { type NamedOperation, operationsOf } from '../support/openapi.js';
import { rawCall } from '../support/raw.js';
import {
  type Grant,
  introspect,
  machineToken,
  refresh,
  revoke,
  secretRoute,
  signInFully,
} from '../support/tokens.js';

const CHALLENGE =
  'Bearer realm="hallpass", error="invalid_token", error_description="Could not validate credentials"';
const JWT_SECRET = 'jwt-only-Qz7vX2mK9pLw4RtB8nYc3DfH';
const AT_ONCE = 32;
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';

describe.each(['ES256', 'RS256', 'HS256'])('the attack pack against %s', (TOKEN_ALGORITHM) => {
  const secret: Record<string, string> = TOKEN_ALGORITHM === 'HS256' ? { JWT_SECRET } : {};
  let service: TestApp;
  let lure: Server;
  let visits = 0;
  let reader: TestClient;
  let user: Grant;
  let machine: string;
  let operations: NamedOperation[];
  /** of the person's token, and of the machine's */
  let attacks: Attack[];

  beforeAll(async () => {
    lure = createServer((_request, response) => {
      visits += 1;
      response.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => lure.listen(0, '127.0.0.1', resolve));
    const { port } = lure.address() as AddressInfo;
    service = await startApp({ env: { TOKEN_ALGORITHM, ...secret } });
    reader = await addClient(service, { scopes: ['tokens:introspect'] });
    user = await signInFully(service.url, { scope: 'items:read tasks:read tasks:write' });
    machine = await machineToken(service.url, reader);
    const { body } = await call(`${service.url}/openapi.json`);
    operations = operationsOf(body).filter(({ operation }) => operation.security !== undefined);
    attacks = [user.access_token, machine].flatMap((token) =>
      attackPack({ service, token, lure: `http://127.0.0.1:${port}` }),
    );
  });
  afterAll(async () => {
    await service.close();
    await new Promise((resolve) => lure.close(resolve));
  });

  const callWith = ({ method, path }: NamedOperation, token: string): Promise<Answer> =>
    call(service.url + path.replaceAll(/\{\w+\}/g, NO_ID), { method, headers: bearer(token) });

  /** The attacks that were answered otherwise, so that a failure names them all. */
  async function survivors(
    expected: (answer: Answer) => boolean,
    attempt: (credential: string) => Promise<Answer>,
    among: readonly Attack[] = attacks,
  ): Promise<string[]> {
    const got: string[] = [];
    for (let i = 0; i < among.length; i += AT_ONCE) {
      const some = among.slice(i, i + AT_ONCE);
      const answers = await Promise.all(some.map(([, credential]) => attempt(credential)));
      answers.forEach((answer, n) => {
        if (!expected(answer)) got.push(`${some[n]?.[0]}: ${answer.status} ${answer.text}`);
      });
    }
    return got;
  }

  const isRefused = ({ status, headers, body }: Answer) =>
    status === 401 &&
    headers.get('www-authenticate') === CHALLENGE &&
    body?.detail === 'Could not validate credentials';

  it('would be taken on every guarded route but for what is wrong with it', async () => {
    expect(operations.length).toBeGreaterThan(8);
    for (const operation of operations) {
      const { status } = await callWith(operation, forge(service, user.access_token, {}));
      expect(`${operation.name}: ${status}`).not.toMatch(/: 401$/);
    }
    expect(await secretRoute(service.url, forge(service, machine, {}))).toBe(200);
  });

  it('is 401 invalid_token on every guarded route of the document', async () => {
    for (const operation of operations) {
      const attempt = (credential: string) => callWith(operation, credential);
      expect({ [operation.name]: await survivors(isRefused, attempt) }).toEqual({
        [operation.name]: [],
      });
    }
  }, 120_000);

  it('is exactly {"active":false} at /introspect, also to who sees everyone’s tokens', async () => {
    const attempt = (credential: string) => introspect(service.url, credential, reader);
    const isInactive = ({ status, text }: Answer) => status === 200 && text === '{"active":false}';
    expect(await survivors(isInactive, attempt)).toEqual([]);
    const unchanged = await attempt(forge(service, user.access_token, {}));
    expect(unchanged.body.active).toBe(true);
  });

  it('ends nothing at /revoke, though it holds a real jti and sid', async () => {
    const isIgnored = ({ status, text }: Answer) => status === 200 && text === '';
    const asReader = (credential: string) => revoke(service.url, credential, reader);
    const asHallpass = (credential: string) => revoke(service.url, credential);
    expect(await survivors(isIgnored, asReader)).toEqual([]);
    expect(await survivors(isIgnored, asHallpass)).toEqual([]);
    expect(await secretRoute(service.url, user.access_token)).toBe(200);
    expect(await secretRoute(service.url, machine)).toBe(200);
  });

  it('is no refresh token either', async () => {
    const attempt = (credential: string) => refresh(service.url, credential);
    const isInvalid = ({ status, body }: Answer) =>
      status === 400 && body.error === 'invalid_grant';
    expect(await survivors(isInvalid, attempt)).toEqual([]);
    const live: Attack[] = [['an access token', user.access_token]];
    expect(await survivors(isInvalid, attempt, live)).toEqual([]);
    expect((await refresh(service.url, user.refresh_token)).status).toBe(200);
  });

  it('with a refresh token for an access token is 401 on every guarded route', async () => {
    for (const operation of operations) {
      expect(isRefused(await callWith(operation, user.refresh_token))).toBe(true);
    }
  });

  it('with another spelling of a revoked token is 401 on every guarded route', async () => {
    const gone = await signInFully(service.url);
    const goneMachine = await machineToken(service.url, reader);
    await revoke(service.url, gone.access_token);
    await revoke(service.url, goneMachine, reader);
    const tokens = [gone.access_token, goneMachine];
    const spellings = tokens.flatMap((token) => [token, ...unusedBits(token)]);
    if (TOKEN_ALGORITHM === 'ES256') spellings.push(...tokens.map(twinOf));
    const named = spellings.map((one, n): Attack => [`spelling ${n}`, one]);
    for (const operation of operations) {
      expect(await survivors(isRefused, (one) => callWith(operation, one), named)).toEqual([]);
    }
    for (const one of spellings) {
      expect((await introspect(service.url, one, reader)).text).toBe('{"active":false}');
    }
  });

  it.runIf(TOKEN_ALGORITHM === 'ES256')(
    'with the twin (r, n - s) of a token is that token: good while it lives, and revoking it ends both',
    async () => {
      const { access_token } = await signInFully(service.url);
      const machines = await machineToken(service.url, reader);
      for (const token of [access_token, machines]) {
        const twin = twinOf(token);
        expect(twin).not.toBe(token);
        expect(await secretRoute(service.url, twin)).toBe(200);
        const owner = token === machines ? reader : undefined;
        expect((await revoke(service.url, twin, owner)).status).toBe(200);
        expect(await secretRoute(service.url, token)).toBe(401);
        expect(await secretRoute(service.url, twin)).toBe(401);
      }
    },
  );

  it('with the jti of a live machine under another client’s name, well signed, is 401', async () => {
    expect(await secretRoute(service.url, machine)).toBe(200); // and remembered by its jti
    for (const id of ['nobody', 'hallpass']) {
      const claims = { sub: `client:${id}`, client_id: id };
      const token = forge(service, machine, { claims });
      for (const operation of operations) {
        expect(isRefused(await callWith(operation, token))).toBe(true);
      }
      expect((await introspect(service.url, token, reader)).text).toBe('{"active":false}');
    }
    const reset = forge(service, machine, { claims: { client_epoch: 1 } });
    expect(await secretRoute(service.url, reset)).toBe(401);
  });

  it('with a megabyte is 431 in a header, 413 in a form, and the service lives', async () => {
    const giant = forge(service, user.access_token, { claims: { padding: 'x'.repeat(1_000_000) } });
    const headers = [`Authorization: Bearer ${giant}`];
    expect((await rawCall(service.url, 'GET /users/me', headers)).status).toBe(431);
    expect((await introspect(service.url, giant, reader)).status).toBe(413);
    expect((await revoke(service.url, giant)).status).toBe(413);
    const fits = forge(service, user.access_token, { claims: { padding: 'x'.repeat(40_000) } });
    expect((await introspect(service.url, fits, reader)).text).toBe('{"active":false}');
  });

  it('made nobody fetch a key, and left the real tokens as they were', async () => {
    expect(visits).toBe(0);
    expect(await secretRoute(service.url, user.access_token)).toBe(200);
    expect(await secretRoute(service.url, machine)).toBe(200);
    expect((await introspect(service.url, user.access_token, reader)).body).toMatchObject({
      active: true,
      jti: claimsOf(user.access_token)['jti'],
    });
  });
});
