import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Task } from '../../src/examples/tasks/task.entity.js';
import { Session } from '../../src/sessions/session.entity.js';
import { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { postForm, sendJson, signIn } from '../support/http.js';
import { mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import {
  auditLog,
  deedsAbout,
  openSession,
  type Pair,
  refresh,
  statusOf,
} from '../support/refresh.js';

describe('POST /users/me/deletion', () => {
  let service: TestApp;
  let user: User;
  let pair: Pair;

  const leave = (password: unknown = PASSWORD, token = pair.access) =>
    sendJson(`${service.url}/users/me/deletion`, 'POST', { password }, token);
  const rowsOf = (entity: new () => object): Repository<object> =>
    service.app.get(getRepositoryToken(entity));

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service, { fullName: 'Some Body' });
    pair = await openSession(service, { username: user.username, password: PASSWORD });
  });
  afterAll(() => service.close());

  it('leaves nothing of the person, and lets nobody in', async () => {
    await sendJson(`${service.url}/tasks`, 'POST', { title: 'Mine' }, pair.access);
    expect(await leave()).toMatchObject({ status: 204, text: '' });
    expect(await rowsOf(User).findBy({ id: user.id })).toEqual([]);
    expect(await rowsOf(Task).findBy({ ownerId: user.id })).toEqual([]);
    expect(await rowsOf(Session).findBy({ userId: user.id })).toEqual([]);
    expect(await statusOf(service, pair.access)).toBe(401);
    expect((await refresh(service, pair.refresh)).status).toBe(400);
    const again = { username: user.username, password: PASSWORD };
    expect((await postForm(`${service.url}/token`, again)).status).toBe(401);
  });

  it('gives the name to whoever wants it, and with it nothing else', async () => {
    await leave();
    const successor = await somebody(service, { username: user.username, email: user.email });
    expect(successor.id).not.toBe(user.id);
    expect(await statusOf(service, pair.access)).toBe(401);
  });

  it('asks for the password', async () => {
    expect(await leave('wrong')).toMatchObject({
      status: 403,
      body: { detail: 'Incorrect password' },
    });
    expect(await statusOf(service, pair.access)).toBe(200);
  });

  it.each([null, 5, ''])('takes %j for no password', async (password) => {
    expect((await leave(password)).status).toBe(422);
  });

  it('is written down by the id alone, and told by mail', async () => {
    await leave();
    const entries = await deedsAbout(service, user);
    expect(entries).toMatchObject([{ event: 'user.deleted', actor: `user:${user.id}` }]);
    expect(JSON.stringify(entries)).not.toContain(user.username);
    const [mail] = await mailsTo(service, user.email as string);
    expect(mail?.subject).toBe('Your account was deleted');
  });

  it('refuses the last administrator, who stays signed in', async () => {
    const token = await signIn(service.url);
    expect(await leave('secret', token)).toMatchObject({
      status: 409,
      body: { detail: 'The last active administrator cannot be disabled, demoted or deleted' },
    });
    expect(await statusOf(service, token)).toBe(200);
    expect((await auditLog(service)).at(-1)).toMatchObject({
      event: 'user.deleted',
      result: 'refused',
      reason: 'last_administrator',
      actor: `user:${service.people.johndoe.id}`,
    });
  });

  it('lets what is made meanwhile for somebody who is gone be gone too', async () => {
    expect(await statusOf(service, pair.access)).toBe(200); // remembered for a second
    await rowsOf(User).delete({ id: user.id }); // as another process does
    const late = await sendJson(`${service.url}/tasks`, 'POST', { title: 'Late' }, pair.access);
    expect(late).toMatchObject({ status: 401, body: { detail: 'Could not validate credentials' } });
  });

  it('lets a sign-in in flight fail as one with a wrong password does', async () => {
    const form = { username: user.username, password: PASSWORD };
    const signIns = Array.from({ length: 5 }, () => postForm(`${service.url}/token`, form));
    const [left, ...answers] = await Promise.all([leave(), ...signIns]);
    expect(left.status).toBe(204);
    for (const { status, body } of answers) {
      expect([200, 401]).toContain(status);
      if (status === 200) expect(await statusOf(service, body.access_token as string)).toBe(401);
    }
  });
});
