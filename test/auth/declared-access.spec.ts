import { Controller, Get } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authorize, AuthorizeOptionally } from '../../src/auth/authorize.decorator.js';
import { CurrentUser } from '../../src/auth/current-user.decorator.js';
import { Public } from '../../src/auth/public.decorator.js';
import { Changes } from '../../src/platform/changes.js';
import { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, signIn } from '../support/http.js';

@Authorize('items:read')
@Controller('probe/class')
class ClassProbe {
  @Get('inherited')
  inherited() {
    return {};
  }

  @Authorize('tasks:read', 'items:read')
  @Get('both')
  both() {
    return {};
  }

  @Authorize('tasks:write')
  @Get('sibling')
  sibling() {
    return {};
  }

  @Public()
  @Get('open')
  open() {
    return {};
  }
}

@Controller('probe')
class MethodProbe {
  @Authorize('users:read')
  @Get('admin')
  admin() {
    return {};
  }

  @AuthorizeOptionally()
  @Get('optional')
  optional(@CurrentUser() user: User | null) {
    return { username: user?.username ?? null };
  }

  @AuthorizeOptionally('items:read')
  @Get('optional-scope')
  optionalScope(@CurrentUser() user: User | null) {
    return { username: user?.username ?? null };
  }
}

describe('what a handler declares', () => {
  let service: TestApp;
  const get = (path: string, token?: string) =>
    call(`${service.url}/probe/${path}`, { headers: token ? bearer(token) : {} });
  const withScope = (scope?: string) => signIn(service.url, 'johndoe', 'secret', scope);

  beforeAll(async () => {
    service = await startApp({ controllers: [ClassProbe, MethodProbe] });
  });
  afterAll(() => service.close());

  describe('on its class and itself adds up (FastAPI: SecurityScopes)', () => {
    it.each([
      ['class/inherited', 'items:read', 200],
      ['class/inherited', 'tasks:read', 403],
      ['class/both', 'items:read tasks:read', 200],
      ['class/both', 'tasks:read', 403],
      ['class/both', 'items:read', 403],
      ['class/sibling', 'items:read tasks:write', 200],
      ['class/sibling', 'tasks:write', 403],
    ])('%s with %s is %i', async (path, scope, status) => {
      expect((await get(path, await withScope(scope))).status).toBe(status);
    });

    it.each([
      ['class/inherited', 'items:read'],
      ['class/both', 'items:read tasks:read'],
      ['class/sibling', 'items:read tasks:write'],
    ])(
      'the challenges of %s name %s: the class’s first, each once, no sibling’s',
      async (path, scope) => {
        const anonymous = await get(path);
        expect(anonymous.headers.get('www-authenticate')).toBe(
          `Bearer realm="hallpass", scope="${scope}"`,
        );
        const narrow = await get(path, await withScope('openid'));
        expect(narrow.headers.get('www-authenticate')).toBe(
          `Bearer realm="hallpass", error="insufficient_scope", scope="${scope}"`,
        );
      },
    );

    it('is documented as it is guarded', async () => {
      const { paths } = (await call(`${service.url}/openapi.json`)).body;
      expect(paths['/probe/class/both'].get.security).toEqual([
        { OAuth2: ['items:read', 'tasks:read'] },
      ]);
      expect(paths['/probe/class/open'].get).not.toHaveProperty('security');
      expect(paths['/probe/optional'].get.security).toEqual([{ OAuth2: [] }, {}]);
    });

    it('is opened by @Public() on the handler', async () => {
      expect((await get('class/open')).status).toBe(200);
    });
  });

  describe('as optional', () => {
    it('lets a caller without a token in, as nobody', async () => {
      expect((await get('optional')).body).toEqual({ username: null });
    });

    it('knows a caller with a token', async () => {
      expect((await get('optional', await withScope())).body).toEqual({ username: 'johndoe' });
    });

    it('refuses a bad token', async () => {
      const answer = await get('optional', 'bad');
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    });

    it('takes another scheme for no token', async () => {
      const headers = { authorization: 'Basic Og==' };
      const answer = await call(`${service.url}/probe/optional`, { headers });
      expect(answer.body).toEqual({ username: null });
    });

    it('needs its scopes of a token, but no token', async () => {
      expect((await get('optional-scope')).status).toBe(200);
      expect((await get('optional-scope', await withScope('openid'))).status).toBe(403);
      expect((await get('optional-scope', await withScope('items:read'))).status).toBe(200);
    });
  });

  it('of an administrator’s scope is measured against the role of now: a demoted one is out at once', async () => {
    const token = await withScope('users:read');
    expect((await get('admin', token)).status).toBe(200);
    const { id } = service.people.johndoe;
    await service.app.get(DataSource).getRepository(User).update({ id }, { role: 'user' });
    service.app.get(Changes).announce({ of: 'user', id });
    const answer = await get('admin', token);
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('scope="users:read"');
    await service.app.get(DataSource).getRepository(User).update({ id }, { role: 'admin' });
    service.app.get(Changes).announce({ of: 'user', id });
    expect((await get('admin', token)).status).toBe(200);
  });
});
