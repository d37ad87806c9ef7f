import { readFileSync } from 'node:fs';
import { Controller, Get, NotFoundException } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Authorize, AuthorizeOptionally } from '../src/auth/authorize.decorator.js';
import { BearerToken, CurrentUser } from '../src/auth/current-user.decorator.js';
import type { User } from '../src/users/user.entity.js';
import { startApp, type TestApp } from './support/app.js';
import { bearer, call, signIn } from './support/http.js';
import { codeBlocks, missingFrom } from './support/transcript.js';

@Controller('idioms')
class IdiomsController {
  @Authorize()
  @Get('secret')
  secret(@BearerToken() token: string) {
    return { token };
  }

  @Authorize()
  @Get('name')
  name(@CurrentUser() user: User) {
    return { username: user.username };
  }

  @AuthorizeOptionally()
  @Get('hello')
  hello(@CurrentUser() user: User | null) {
    return { known: user !== null };
  }

  @Authorize()
  @Get('nothing')
  nothing(): never {
    throw new NotFoundException('Task not found');
  }
}

@Authorize('items:read')
@Controller('shop')
class ShopController {
  @Authorize('tasks:read')
  @Get('mine')
  mine() {
    return [];
  }
}

describe("the counterparts of FastAPI's idioms", () => {
  const page = readFileSync('docs/coming-from-fastapi.md', 'utf8');
  let service: TestApp;
  let john: string;
  const get = (path: string, credential?: string) =>
    call(`${service.url}${path}`, { headers: credential ? bearer(credential) : {} });

  beforeAll(async () => {
    service = await startApp({ controllers: [IdiomsController, ShopController] });
    john = await signIn(service.url);
  });
  afterAll(() => service.close());

  it('are on the page word for word as here', () => {
    expect(codeBlocks(page, 'ts').length).toBeGreaterThan(5);
    expect(missingFrom('test/coming-from-fastapi.spec.ts', codeBlocks(page, 'ts'))).toEqual([]);
  });

  it('Depends(oauth2_scheme): @Authorize() and @BearerToken()', async () => {
    expect((await get('/idioms/secret', john)).body).toEqual({ token: john });
    expect((await get('/idioms/secret', 'any text')).status).toBe(401);
    expect((await get('/idioms/secret')).status).toBe(401);
  });

  it('get_current_active_user: @CurrentUser()', async () => {
    expect((await get('/idioms/name', john)).body).toEqual({ username: 'johndoe' });
  });

  it('Security(scopes=[…]): the scopes of class and method add up', async () => {
    const both = await signIn(service.url, 'johndoe', 'secret', 'items:read tasks:read');
    expect((await get('/shop/mine', both)).status).toBe(200);
    expect((await get('/shop/mine')).headers.get('www-authenticate')).toBe(
      'Bearer realm="hallpass", scope="items:read tasks:read"',
    );
  });

  it('dependency_overrides: a real sign-in', async () => {
    const token = await signIn(service.url, 'johndoe', 'secret', 'items:read');
    const answer = await call(`${service.url}/shop/mine`, { headers: bearer(token) });
    expect(answer.status).toBe(403);
  });

  it('auto_error=False: @AuthorizeOptionally(), and a bad token is 401', async () => {
    expect((await get('/idioms/hello')).body).toEqual({ known: false });
    expect((await get('/idioms/hello', john)).body).toEqual({ known: true });
    expect((await get('/idioms/hello', 'bad')).status).toBe(401);
  });

  it('HTTPException(404): an exception of Nest, with detail', async () => {
    const answer = await get('/idioms/nothing', john);
    expect(answer.body).toEqual({ detail: 'Task not found', status: 404, title: 'Not Found' });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  });
});
