import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Task } from '../../src/examples/tasks/task.entity.js';
import { KnownDevice } from '../../src/sessions/known-device.entity.js';
import { Session } from '../../src/sessions/session.entity.js';
import { AccountLink } from '../../src/users/account-link.entity.js';
import { UserDto } from '../../src/users/user.dto.js';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, changeClient } from '../support/clients.js';
import { bearer, call, postForm, sendJson, signIn } from '../support/http.js';
import { mailedToken, mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import { openSession, refresh, statusOf } from '../support/refresh.js';
import { machineToken } from '../support/tokens.js';
import { UserRoutes } from '../support/user-routes.js';

const SCOPE = 'users:read users:write clients:read tasks:read profile';
const NO_ID = '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11';

describe('/users', () => {
  let service: TestApp;
  let users: UserRoutes;
  const by = async (username: string, password: string, scope: string) =>
    new UserRoutes(service, await signIn(service.url, username, password, scope));
  const open = ({ username }: Pick<User, 'username'>, scope?: string) =>
    openSession(service, { username, password: PASSWORD, scope });
  const rowsOf = (entity: new () => object): Repository<object> =>
    service.app.get(getRepositoryToken(entity));

  beforeAll(async () => {
    service = await startApp();
    users = await by('johndoe', 'secret', SCOPE);
  });
  afterAll(() => service.close());

  it('reads an account as its owner reads it, and nothing else of it', async () => {
    const { id } = service.people.alice;
    const own = await call(`${service.url}/users/me`, {
      headers: bearer(await signIn(service.url, 'alice', 'secret2')),
    });
    const { status, body, text } = await users.read(id);
    expect(status).toBe(200);
    expect(body).toEqual(own.body);
    expect(text).not.toMatch(/hash|epoch|key/);
  });

  it.each(['nobody', NO_ID, '%00', '%20', 'x'.repeat(300), 'me/x'])(
    'knows no account %s',
    async (id) => {
      const answers = [
        await users.read(id),
        await users.change(id, { role: 'user' }),
        await users.mailLink(id),
        await users.delete(id),
      ];
      for (const { status } of answers) expect(status).toBe(404);
    },
  );

  it('says which resource is not found', async () => {
    expect((await users.read(NO_ID)).body.detail).toBe('User not found');
  });

  it('leaves /users/me to its owner', async () => {
    expect((await users.read('me')).body.username).toBe('johndoe');
    expect((await users.delete('me')).status).toBe(404);
    expect((await users.mailLink('me')).status).toBe(404);
  });

  describe('who may', () => {
    it('is no user without the role, whatever the token', async () => {
      const alice = await by('alice', 'secret2', 'profile');
      const { id } = service.people.bob;
      const deeds = [
        alice.list(),
        alice.read(id),
        alice.invite(),
        alice.change(id, { disabled: false }),
        alice.mailLink(id),
        alice.delete(id),
      ];
      for (const deed of deeds) expect((await deed).status).toBe(403);
      expect((await new UserRoutes(service).list()).status).toBe(401);
    });

    it('reads with users:read and writes with users:write alone', async () => {
      const { id } = await somebody(service);
      const reader = await by('johndoe', 'secret', 'users:read');
      const writer = await by('johndoe', 'secret', 'users:write');
      expect((await reader.list()).status).toBe(200);
      expect((await writer.list()).status).toBe(403);
      expect((await writer.read(id)).status).toBe(403);
      const deeds = [
        () => reader.invite(),
        () => reader.change(id, {}),
        () => reader.mailLink(id),
        () => reader.delete(id),
      ];
      for (const deed of deeds) expect((await deed()).status).toBe(403);
      expect((await writer.change(id, { full_name: 'Writ Ten' })).status).toBe(200);
    });
  });

  describe('refuses with 422', () => {
    it.each<[string, object]>([
      ['id', { id: NO_ID }],
      ['password', { password: PASSWORD }],
      ['password_hash', { password_hash: '!' }],
      ['passwordHash', { passwordHash: '!' }],
      ['email_verified', { email_verified: true }],
      ['verifiedEmailKey', { verifiedEmailKey: 'a@example.com' }],
      ['auth_epoch', { auth_epoch: 7 }],
      ['authEpoch', { authEpoch: 7 }],
      ['pending_email', { pending_email: 'a@example.com' }],
      ['created_at', { created_at: '2020-01-01T00:00:00Z' }],
    ])('a field %s, wherever it is sent', async (field, extra) => {
      const { id } = await somebody(service);
      const before = (await users.read(id)).body;
      for (const answer of [await users.invite(extra), await users.change(id, extra)]) {
        expect(answer.status).toBe(422);
        expect(answer.body.errors).toEqual([
          { field, message: expect.stringContaining('is not a field') as string },
        ]);
      }
      expect((await users.read(id)).body).toEqual(before);
    });

    it.each<[string, object]>([
      ['a username', { username: 'another' }],
      ['an address', { email: 'another@example.com' }],
      ['a role that does not exist', { role: 'root' }],
      ['no role', { role: null }],
      ['a text for a flag', { disabled: 'true' }],
      ['no flag', { disabled: null }],
      ['a name of two lines', { full_name: 'two\nlines' }],
      ['a good field beside a bad one', { full_name: 'Good', role: 'root' }],
    ])('a change to %s, and changes nothing', async (_what, changes) => {
      const { id } = await somebody(service);
      const before = (await users.read(id)).body;
      expect((await users.change(id, changes)).status).toBe(422);
      expect((await users.read(id)).body).toEqual(before);
    });

    it.each<[string, object]>([
      ['no address', { email: undefined }],
      ['null for an address', { email: null }],
      ['no address that is one', { email: 'nowhere' }],
      ['two words for a username', { username: 'two words' }],
      ['an address of somebody else for a username', { username: 'a@example.com' }],
      ['an account that begins disabled', { disabled: true }],
      ['a role that does not exist', { role: 'root' }],
    ])('an invitation with %s', async (_what, changes) => {
      const before = await users.idsOf('limit=100');
      expect((await users.invite(changes)).status).toBe(422);
      expect(await users.idsOf('limit=100')).toEqual(before);
    });
  });

  describe('a change', () => {
    it('of several fields is made as one', async () => {
      const { id } = await somebody(service);
      const changes = { role: 'admin', full_name: 'Ad Min', disabled: true };
      const { status, body } = await users.change(id, changes);
      expect(status).toBe(200);
      expect(body).toMatchObject(changes);
      expect((await users.read(id)).body).toEqual(body);
    });

    it('of several fields is not made in part', async () => {
      const { id } = service.people.johndoe;
      const before = (await users.read(id)).body;
      const answer = await users.change(id, { role: 'user', full_name: 'Changed' });
      expect(answer.status).toBe(409);
      expect((await users.read(id)).body).toEqual(before);
    });

    it('keeps what is left out, and takes a name away with null', async () => {
      const { id } = await somebody(service, { fullName: 'Some Body' });
      expect((await users.change(id, {})).body.full_name).toBe('Some Body');
      expect((await users.change(id, { role: 'admin' })).body.full_name).toBe('Some Body');
      expect((await users.change(id, { full_name: null })).body).toMatchObject({
        full_name: null,
        role: 'admin',
      });
    });

    it('of the role is felt on the next request, with the same token', async () => {
      const person = await somebody(service, { role: 'admin' });
      const { access } = await open(person, SCOPE);
      const routes = new UserRoutes(service, access);
      expect((await routes.list()).status).toBe(200);
      expect((await users.change(person.id, { role: 'user' })).body.role).toBe('user');
      expect((await routes.list()).status).toBe(403);
      expect(await statusOf(service, access)).toBe(200); // the session goes on, with less
      await users.change(person.id, { role: 'admin' });
      expect((await routes.list()).status).toBe(200);
    });

    it('of the role gives a token no scope that it was not given', async () => {
      const person = await somebody(service);
      const { access } = await open(person);
      await users.change(person.id, { role: 'admin' });
      expect((await new UserRoutes(service, access).list()).status).toBe(403);
      const later = await open(person, 'users:read');
      expect((await new UserRoutes(service, later.access).list()).status).toBe(200);
    });

    it('to disabled ends every session at once, and back revives none', async () => {
      const person = await somebody(service);
      const pairs = [await open(person), await open(person)];
      expect((await users.change(person.id, { disabled: true })).body.disabled).toBe(true);
      for (const pair of pairs) {
        expect(await statusOf(service, pair.access)).toBe(401);
        expect((await refresh(service, pair.refresh)).status).toBe(400);
      }
      const form = { username: person.username, password: PASSWORD };
      expect((await postForm(`${service.url}/token`, form)).status).toBe(401);
      expect((await users.change(person.id, { disabled: false })).body.disabled).toBe(false);
      for (const pair of pairs) expect(await statusOf(service, pair.access)).toBe(401);
      expect((await postForm(`${service.url}/token`, form)).status).toBe(200);
    });

    it('that repeats what is so ends nothing', async () => {
      const person = await somebody(service);
      const { access } = await open(person);
      expect((await users.change(person.id, { disabled: false, role: 'user' })).status).toBe(200);
      expect(await statusOf(service, access)).toBe(200);
    });
  });

  describe('a deletion', () => {
    it('leaves nothing of the person, lets nobody in, and is told by mail', async () => {
      const person = await somebody(service, { fullName: 'Some Body' });
      const pair = await open(person);
      await sendJson(`${service.url}/tasks`, 'POST', { title: 'Theirs' }, pair.access);
      await users.mailLink(person.id);
      await service.mails();
      expect(await users.delete(person.id)).toMatchObject({ status: 204, text: '' });
      expect(await rowsOf(User).findBy({ id: person.id })).toEqual([]);
      expect(await rowsOf(Task).findBy({ ownerId: person.id })).toEqual([]);
      for (const entity of [Session, AccountLink, KnownDevice]) {
        expect(await rowsOf(entity).findBy({ userId: person.id })).toEqual([]);
      }
      expect(await statusOf(service, pair.access)).toBe(401);
      expect((await refresh(service, pair.refresh)).status).toBe(400);
      expect((await users.read(person.id)).status).toBe(404);
      expect((await users.delete(person.id)).status).toBe(404);
      const mail = (await mailsTo(service, person.email as string)).at(-1);
      expect(mail?.subject).toBe('Your account was deleted');
    });

    it('of several at once is made by one, and the others find nobody', async () => {
      const { id } = await somebody(service);
      const answers = await Promise.all(Array.from({ length: 5 }, () => users.delete(id)));
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404, 404, 404]);
    });
  });

  describe('the last active administrator', () => {
    const refused = {
      status: 409,
      body: { detail: 'The last active administrator cannot be disabled, demoted or deleted' },
    };

    it('stays one, whoever asks, and others do not count who are disabled', async () => {
      const { id } = service.people.johndoe;
      await somebody(service, { role: 'admin', disabled: true });
      for await (const other of service.app.get(UsersService).each()) {
        const active = other.role === 'admin' && !other.disabled && other.id !== id;
        if (active) await users.change(other.id, { role: 'user' });
      }
      expect(await users.change(id, { disabled: true })).toMatchObject(refused);
      expect(await users.change(id, { role: 'user' })).toMatchObject(refused);
      expect(await users.change(id, { role: 'user', disabled: true })).toMatchObject(refused);
      expect(await users.delete(id)).toMatchObject(refused);
      expect((await users.read(id)).body).toMatchObject({ role: 'admin', disabled: false });
      expect((await users.change(id, { full_name: 'John D.' })).status).toBe(200);
    });

    it('stays one until whoever was invited as another has chosen a password', async () => {
      const { id } = service.people.johndoe;
      const { body } = await users.invite({ role: 'admin' });
      expect(await users.change(id, { disabled: true })).toMatchObject(refused);
      expect(await users.change(id, { role: 'user' })).toMatchObject(refused);
      expect(await users.delete(id)).toMatchObject(refused);
      const token = await mailedToken(service, body.email as string);
      const choice = { token, new_password: PASSWORD };
      expect((await sendJson(`${service.url}/password-reset/confirm`, 'POST', choice)).status).toBe(
        204,
      );
      const own = new UserRoutes(service, (await open(body, SCOPE)).access);
      expect((await own.change(id, { role: 'user' })).status).toBe(200);
      expect(await own.change(body.id, { role: 'user' })).toMatchObject(refused);
      expect((await own.change(id, { role: 'admin' })).status).toBe(200);
      expect((await users.delete(body.id)).status).toBe(204);
    });

    it('lets go of others who were invited and have chosen none', async () => {
      const invite = async () => (await users.invite({ role: 'admin' })).body.id as string;
      expect((await users.change(await invite(), { disabled: true })).status).toBe(200);
      expect((await users.change(await invite(), { role: 'user' })).status).toBe(200);
      expect((await users.delete(await invite())).status).toBe(204);
    });

    it('may leave as soon as there is another', async () => {
      const person = await somebody(service, { role: 'admin' });
      const own = new UserRoutes(service, (await open(person, SCOPE)).access);
      expect((await own.change(person.id, { role: 'user' })).body.role).toBe('user');
      expect((await own.list()).status).toBe(403);
    });
  });

  describe('a machine with both scopes', () => {
    let machine: UserRoutes;
    let admin: User;

    beforeAll(async () => {
      const client = await addClient(service, { scopes: ['users:read', 'users:write'] });
      machine = new UserRoutes(service, await machineToken(service.url, client));
      admin = await somebody(service, { role: 'admin' });
    });

    it('makes, reads, changes, disables and deletes users', async () => {
      const { status, body } = await machine.invite();
      expect(status).toBe(201);
      expect((await machine.read(body.id)).body).toEqual(body);
      expect((await machine.change(body.id, { full_name: 'Made' })).status).toBe(200);
      expect((await machine.mailLink(body.id)).status).toBe(202);
      expect((await machine.change(body.id, { disabled: true })).status).toBe(200);
      expect((await machine.delete(body.id)).status).toBe(204);
      expect((await machine.list()).status).toBe(200);
    });

    it('makes no administrator, of nobody and of no user', async () => {
      const { id } = await somebody(service);
      const reason = 'A machine may not make an administrator';
      for (const deed of [
        machine.invite({ role: 'admin' }),
        machine.change(id, { role: 'admin' }),
        machine.change(id, { role: 'admin', full_name: 'x' }),
      ]) {
        expect(await deed).toMatchObject({ status: 403, body: { detail: reason } });
      }
      expect((await users.read(id)).body).toMatchObject({ role: 'user', full_name: null });
    });

    it('touches no administrator, active or not', async () => {
      const disabled = await somebody(service, { role: 'admin', disabled: true });
      const reason = 'A machine may not manage an administrator';
      for (const { id } of [admin, disabled, service.people.johndoe]) {
        const before = (await users.read(id)).body;
        for (const deed of [
          machine.change(id, { disabled: true }),
          machine.change(id, { disabled: false }),
          machine.change(id, { role: 'user' }),
          machine.change(id, { full_name: 'Mine' }),
          machine.change(id, {}),
          machine.mailLink(id),
          machine.delete(id),
        ]) {
          expect(await deed).toMatchObject({ status: 403, body: { detail: reason } });
        }
        expect((await users.read(id)).body).toEqual(before);
      }
    });

    it('may disable an account and not enable it, whoever disabled it', async () => {
      for (const whoever of [machine, users]) {
        const { id } = await somebody(service);
        expect((await whoever.change(id, { disabled: true })).status).toBe(200);
        expect(await machine.change(id, { disabled: false, full_name: 'x' })).toMatchObject({
          status: 403,
          body: { detail: 'A machine may disable an account, but not enable it' },
        });
        expect((await users.read(id)).body).toMatchObject({ disabled: true, full_name: null });
        expect((await users.change(id, { disabled: false })).body.disabled).toBe(false);
        expect((await machine.change(id, { disabled: false })).status).toBe(200); // it is enabled already
      }
    });

    it('needs the scope, which it loses with its registration on the next request', async () => {
      const client = await addClient(service, { scopes: ['users:read', 'users:write'] });
      const routes = new UserRoutes(service, await machineToken(service.url, client));
      const { id } = await somebody(service);
      expect((await routes.change(id, { full_name: 'x' })).status).toBe(200);
      await changeClient(service, client.id, { scopes: ['users:read'] });
      expect((await routes.change(id, { full_name: 'y' })).status).toBe(403);
      expect((await routes.read(id)).status).toBe(200);
    });
  });

  it('lists nothing that it would not show of one account', async () => {
    const { body } = await users.list('?limit=100');
    const [first] = body.items as UserDto[];
    expect(Object.keys(first ?? {})).toEqual(Object.keys(UserDto.from(service.people.johndoe)));
  });
});
