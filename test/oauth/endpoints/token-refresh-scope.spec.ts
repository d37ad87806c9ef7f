import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { User, type UserRole } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, changeClient, type TestClient } from '../../support/clients.js';
import { claimsOf } from '../../support/forge.js';
import type { Answer } from '../../support/http.js';
import { oauthError } from '../../support/oauth.js';
import { openSession, type Pair, pairOf, refresh, rowOf } from '../../support/refresh.js';

const SCOPE = 'tasks:read users:read users:write';

describe('the scope of a refresh, after the sign-in (RFC 6749 §6)', () => {
  let service: TestApp;
  let app: TestClient;
  let user: User;
  let pair: Pair;
  let people = 0;

  const trade = (token: string, fields: Record<string, string> = {}) =>
    refresh(service, token, fields, app.credentials);
  const give = (scopes: readonly string[]) =>
    changeClient(service, app.id, { scopes: [...scopes] });
  const giveRole = (role: UserRole) => {
    const users: Repository<User> = service.app.get(getRepositoryToken(User));
    return users.update({ id: user.id }, { role });
  };

  /** That the answer and the signed token say the same, and the session keeps what it was opened with. */
  async function expectScope(answer: Answer, scope: string): Promise<Pair> {
    const next = pairOf(answer);
    expect(answer.body.scope).toBe(scope);
    expect(claimsOf(next.access)['scope']).toBe(scope === '' ? undefined : scope);
    expect((await rowOf(service, pair)).scope).toBe(SCOPE);
    return next;
  }

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    const username = `person${(people += 1)}`;
    app = await addClient(service, {
      firstParty: true,
      grants: ['password', 'refresh_token'],
      scopes: 'unrestricted',
    });
    const users = service.app.get(UsersService);
    user = await users.create({ username, password: 'password', role: 'admin' });
    const form = { username, password: 'password', scope: SCOPE };
    pair = await openSession(service, form, app.credentials);
  });
  afterAll(() => service.close());

  it('has nothing that the client may have no more, and all of it once it may again', async () => {
    await give(['tasks:read', 'users:read']);
    const less = await expectScope(await trade(pair.refresh), 'tasks:read users:read');
    await give([]);
    const none = await expectScope(await trade(less.refresh), '');
    await give(SCOPE.split(' '));
    await expectScope(await trade(none.refresh), SCOPE);
  });

  it('has nothing that only an administrator may have, once the user is none', async () => {
    await giveRole('user');
    const less = await expectScope(await trade(pair.refresh), 'tasks:read');
    await giveRole('admin');
    await expectScope(await trade(less.refresh), SCOPE);
  });

  it.each([
    ['the client', () => give(['tasks:read'])],
    ['the user', () => giveRole('user')],
  ])(
    'is invalid_scope when it names what %s may have no more, and costs nothing',
    async (_who, take) => {
      await take();
      const refused = await trade(pair.refresh, { scope: 'tasks:read users:read' });
      expect(refused).toMatchObject(
        oauthError(400, 'invalid_scope', 'The scope users:read is not allowed'),
      );
      expect(await rowOf(service, pair)).toMatchObject({ generation: 0, revokedAt: null });
      await expectScope(await trade(pair.refresh, { scope: 'tasks:read' }), 'tasks:read');
    },
  );
});
