import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authorize, AuthorizeOptionally } from '../../src/auth/authorize.decorator.js';
import { isOAuthEndpoint } from '../../src/platform/http/problem.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';
import { Schemas } from '../support/json-schema.js';
import {
  contentOf,
  examplesOf,
  type NamedOperation,
  needsToken,
  type Operation,
  operationsOf,
  scopesOf,
} from '../support/openapi.js';

/** Ways of declaring that the service has no route for as yet. */
@ApiTags('Health')
@Authorize('items:read')
@Controller('probe')
class ProbeController {
  @Authorize('tasks:read', 'tasks:write')
  @ApiOperation({ summary: 'Class scopes, then method scopes' })
  @ApiOkResponse({ description: 'Open' })
  @Get('both')
  both(): string {
    return 'open';
  }

  @ApiOperation({ summary: 'The class alone' })
  @ApiOkResponse({ description: 'Open' })
  @Get('class')
  ofClass(): string {
    return 'open';
  }

  @AuthorizeOptionally()
  @ApiOperation({ summary: 'A token is optional' })
  @ApiOkResponse({ description: 'Open' })
  @Get('optional')
  optional(): string {
    return 'open';
  }
}

/** An id that is nobody's. */
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';

describe('the locks in the document', () => {
  let service: TestApp;
  let operations: NamedOperation[];
  let schemas: Schemas;

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open' }, controllers: [ProbeController] });
    const { body } = await call(`${service.url}/openapi.json`);
    operations = operationsOf(body);
    schemas = new Schemas(body);
  });
  afterAll(() => service.close());

  it('are on every operation that refuses a caller without a token, and on no other', async () => {
    expect(await answers((status) => status === 401)).toEqual(documented(needsToken));
  });

  it('are on every operation that looks at a token, and on no other', async () => {
    expect(await answers((status) => status === 401, 'no.such.token')).toEqual(
      documented(({ security }) => security !== undefined),
    );
  });

  it('name scopes on every operation that refuses a token without any, and on no other', async () => {
    const token = await tokenFor([]);
    expect(await answers((status) => status === 403, token)).toEqual(
      documented((operation) => (scopesOf(operation) ?? []).length > 0),
    );
  });

  it('name exactly the scopes that the challenge names, in the same order', async () => {
    for (const one of operations.filter(({ operation }) => needsToken(operation))) {
      const { headers } = await send(one);
      const named = /scope="([^"]*)"/.exec(headers.get('www-authenticate') ?? '')?.[1];
      expect(named ?? '', one.name).toBe(scopesOf(one.operation)?.join(' '));
    }
  });

  it('name enough scopes: a token with these and no other is let in', async () => {
    for (const one of guarded()) {
      const { status } = await send(one, await tokenFor(scopesOf(one.operation) ?? []));
      expect([401, 403], one.name).not.toContain(status);
    }
  });

  it('name no scope too many: without any one of them the token is refused', async () => {
    for (const one of guarded()) {
      const scopes = scopesOf(one.operation) ?? [];
      for (const left of scopes) {
        const token = await tokenFor(scopes.filter((scope) => scope !== left));
        expect((await send(one, token)).status, `${one.name} without ${left}`).toBe(403);
      }
    }
  });

  it('add up the scopes of class and method, the class’s first', () => {
    expect(securityOf('GET /probe/both')).toEqual([
      { OAuth2: ['items:read', 'tasks:read', 'tasks:write'] },
    ]);
    expect(securityOf('GET /probe/class')).toEqual([{ OAuth2: ['items:read'] }]);
  });

  it('leave the way without a token open where the token is optional', () => {
    expect(securityOf('GET /probe/optional')).toEqual([{ OAuth2: ['items:read'] }, {}]);
  });

  it('come with a documented 401 and 403, which no other operation has', () => {
    for (const { name, path, operation } of operations) {
      if (isOAuthEndpoint(path)) continue; // their 401 is about a password or a client, not a token
      const locked = operation.security !== undefined;
      expect('401' in operation.responses, name).toBe(locked);
      // Sign-ups are refused by a setting, whoever asks.
      expect('403' in operation.responses, name).toBe(locked || name === 'POST /signup');
    }
  });

  it.each([401, 403])('and what is documented of a %i is what is answered', async (status) => {
    const token = status === 403 ? await tokenFor([]) : undefined;
    for (const one of guarded()) {
      const answer = await send(one, token);
      if (answer.status !== status) continue;
      const content = contentOf(one.operation.responses[status]?.content);
      expect(answer.headers.get('content-type'), one.name).toContain(content?.mediaType);
      expect(schemas.faults(answer.body, content?.schema ?? {}), one.name).toEqual([]);
      expect(Object.values(examplesOf(content)), one.name).toContainEqual(answer.body);
      expect(answer.headers.has('www-authenticate'), one.name).toBe(true);
    }
  });

  function guarded(): NamedOperation[] {
    return operations.filter(({ operation }) => scopesOf(operation) !== null);
  }

  function securityOf(name: string): unknown {
    return operations.find((one) => one.name === name)?.operation.security;
  }

  function documented(expected: (operation: Operation) => boolean): Record<string, boolean> {
    return Object.fromEntries(operations.map(({ name, operation }) => [name, expected(operation)]));
  }

  async function answers(isSo: (status: number) => boolean, token?: string) {
    const found: Record<string, boolean> = {};
    for (const one of operations) found[one.name] = isSo((await send(one, token)).status);
    return found;
  }

  function send({ method, path }: NamedOperation, token?: string) {
    const url = `${service.url}${path.replaceAll(/\{\w+\}/g, NO_ID)}`;
    return call(url, { method, headers: token === undefined ? {} : bearer(token) });
  }

  /** With `profile`, which opens nothing, where there is no other; johndoe is an administrator, so he may have every scope that a user may. */
  function tokenFor(scopes: readonly string[]): Promise<string> {
    return signIn(service.url, 'johndoe', 'secret', scopes.join(' ') || 'profile');
  }
});
