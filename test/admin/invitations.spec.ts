import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccountLink } from '../../src/users/account-link.entity.js';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { call, postForm, sendJson, signIn } from '../support/http.js';
import { mailedToken, mailsTo } from '../support/mails.js';
import { expectPage } from '../support/markup.js';
import { PASSWORD, somebody } from '../support/people.js';
import { deedsAbout, openSession, statusOf } from '../support/refresh.js';
import { machineToken } from '../support/tokens.js';
import { UserRoutes } from '../support/user-routes.js';

const SCOPE = 'users:read users:write';
const DAY = 86_400;

const readAnswer = ({ status, text, headers }: Awaited<ReturnType<typeof call>>) => ({
  status,
  text,
  challenge: headers.get('www-authenticate'),
  names: [...headers.keys()].toSorted(),
});

describe('an invitation', () => {
  let service: TestApp;
  let users: UserRoutes;
  let invited: { id: string; username: string; email: string };

  const ask = (username: string, password: string) =>
    postForm(`${service.url}/token`, { username, password });
  const tokenOf = () => mailedToken(service, invited.email);
  const choose = async (password: string, token?: string) =>
    sendJson(`${service.url}/password-reset/confirm`, 'POST', {
      token: token ?? (await tokenOf()),
      new_password: password,
    });
  const open = async (token: string) => call(`${service.url}/password-reset?token=${token}`);
  const hashOf = async () => {
    const user = await service.app.get(UsersService).findWithPasswordHash(invited.username);
    return user?.passwordHash;
  };

  beforeAll(async () => {
    service = await startApp();
    users = new UserRoutes(service, await signIn(service.url, 'johndoe', 'secret', SCOPE));
  });
  beforeEach(async () => {
    invited = (await users.invite()).body as typeof invited;
  });
  afterAll(() => service.close());

  it('makes an account with a confirmed address, and shows it', async () => {
    const { status, body } = await users.invite({ full_name: 'Dave Dawson', role: 'admin' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      username: expect.stringMatching(/^invited-\d+$/) as string,
      email: `${body.username}@example.com`,
      email_verified: true,
      pending_email: null,
      full_name: 'Dave Dawson',
      disabled: false,
      role: 'admin',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
    expect((await users.read(body.id)).body).toEqual(body);
  });

  it('may have the address for a username', async () => {
    const email = 'dora@example.com';
    expect((await users.invite({ username: email, email })).status).toBe(201);
  });

  it('leads over the page of its mail to a password and a sign-in', async () => {
    const [mail, ...more] = await mailsTo(service, invited.email);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('Your new account');
    expect(mail?.text).toContain(`Hello ${invited.username},`);
    const token = await tokenOf();
    expect(mail?.text).toContain(`${service.url}/password-reset?token=${token}\n`);
    const page = await open(token);
    expectPage(page, 200, 'Choose your password');
    expect(page.text).toContain(invited.username);
    expect(page.text).not.toContain('everywhere');
    const form = { token, new_password: PASSWORD };
    const sent = await postForm(`${service.url}/password-reset/form`, form);
    expect(sent.status).toBe(303);
    const pair = await openSession(service, { username: invited.username, password: PASSWORD });
    expect(await statusOf(service, pair.access)).toBe(200);
    const told = (await mailsTo(service, invited.email)).at(-1);
    expect(told?.subject).toBe('Your account is ready');
  });

  it('leads there as JSON too, and tells a weak password without being used up', async () => {
    expect(await choose('iloveyou1')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'new_password' }] },
    });
    expect((await choose(PASSWORD)).status).toBe(204);
    expect((await ask(invited.username, PASSWORD)).status).toBe(200);
    const rows = await deedsAbout(service, invited);
    expect(rows.map(({ event, reason }) => [event, reason])).toEqual([
      ['user.created', 'invitation'],
      ['user.password_changed', 'invitation'],
      ['sessions.ended', 'password_changed'],
    ]);
  });

  it('works once, also of two at once', async () => {
    const token = await tokenOf();
    const answers = await Promise.all([choose(PASSWORD, token), choose('another garden', token)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 400]);
    const page = await open(token);
    expectPage(page, 400, 'This link no longer works');
    expect(page.text).toContain('whoever invited you');
  });

  it('is good for seven days, and not a second more', async () => {
    const token = await tokenOf();
    service.clock.stop();
    service.clock.forward({ seconds: 7 * DAY - 1 });
    expect((await open(token)).status).toBe(200);
    service.clock.forward({ seconds: 1 });
    expectPage(await open(token), 400, 'This link no longer works');
    expect((await choose(PASSWORD, token)).status).toBe(400);
    users = new UserRoutes(service, await signIn(service.url, 'johndoe', 'secret', SCOPE));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['the account was disabled', () => users.change(invited.id, { disabled: true })],
    ['it is enabled again', () => revive()],
    ['the account was deleted', () => users.delete(invited.id)],
    ['the confirmed address is another', () => readdress()],
    ['every session was ended', () => service.app.get(UsersService).endSessions(invited.id)],
  ])('is good no more when %s', async (_what, happen) => {
    const token = await tokenOf();
    await happen();
    expect((await open(token)).status).toBe(400);
    expect((await choose(PASSWORD, token)).status).toBe(400);
  });

  async function readdress() {
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    const email = `other-${invited.email}`;
    await rows.update({ id: invited.id }, { email, verifiedEmailKey: email });
  }

  async function revive() {
    await users.change(invited.id, { disabled: true });
    await users.change(invited.id, { disabled: false });
  }

  it('comes again when it is asked for, and then one of them is good', async () => {
    const first = await tokenOf();
    await revive();
    expect(await users.mailLink(invited.id)).toMatchObject({ status: 202, text: '' });
    const second = await tokenOf();
    expect(second).toMatch(/^hp_in_/);
    expect(second).not.toBe(first);
    expect((await mailsTo(service, invited.email)).map(({ subject }) => subject)).toEqual([
      'Your new account',
      'Your new account',
    ]);
    expect((await choose(PASSWORD, first)).status).toBe(400);
    expect((await choose(PASSWORD, second)).status).toBe(204);
  });

  it('leaves nothing in the database by which anybody could come in', async () => {
    const token = await tokenOf();
    const links: Repository<AccountLink> = service.app.get(getRepositoryToken(AccountLink));
    const rows = await links.findBy({ userId: invited.id });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await hashOf()).toBe('!');
    expect(service.log()).not.toContain(token);
  });

  it('lets nobody sign in before, and looks like a wrong password', async () => {
    const unknown = readAnswer(await ask('nobody', 'whatever'));
    expect(unknown.status).toBe(401);
    for (const password of ['!', ' ', 'null', 'undefined', PASSWORD, await tokenOf()]) {
      expect(readAnswer(await ask(invited.username, password))).toEqual(unknown);
    }
    expect(readAnswer(await ask('alice', 'wrong'))).toEqual(unknown);
    expect(await hashOf()).toBe('!'); // nothing has "upgraded" it
  });

  it('is not needed by who asks for a new password like anybody', async () => {
    const form = { username_or_email: invited.username };
    await sendJson(`${service.url}/password-reset`, 'POST', form);
    expect(await tokenOf()).toMatch(/^hp_pr_/);
    expect((await choose(PASSWORD)).status).toBe(204);
  });

  it('is refused for a username that is taken, in whatever letters, and mails nothing', async () => {
    const email = 'taken-name@example.com';
    const taken = { status: 409, body: { detail: 'This username is taken' } };
    expect(await users.invite({ username: 'ALICE', email })).toMatchObject(taken);
    expect(await mailsTo(service, email)).toEqual([]);
  });

  it('is refused for an address that another has confirmed, in whatever letters', async () => {
    const detail = 'This e-mail address belongs to another account';
    const answer = await users.invite({ email: 'Alice@EXAMPLE.com' });
    expect(answer).toMatchObject({ status: 409, body: { detail } });
  });

  it('of one name or one address, sent ten times at once, is made once', async () => {
    const names = Array.from({ length: 10 }, () => users.invite({ username: 'wanted' }));
    const email = 'wanted@example.org';
    const addresses = Array.from({ length: 10 }, () => users.invite({ email }));
    for (const all of [names, addresses]) {
      const statuses = (await Promise.all(all)).map(({ status }) => status).toSorted();
      expect(statuses).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    }
  });

  it('takes an address that another has named and not confirmed', async () => {
    const email = 'named@example.com';
    await somebody(service, { username: 'squatter', email, emailVerified: false });
    expect((await users.invite({ email })).status).toBe(201);
  });
});

describe('POST /users/:id/password-reset', () => {
  let service: TestApp;
  let users: UserRoutes;
  let user: User;

  const subjects = async () =>
    (await mailsTo(service, user.email as string)).map(({ subject }) => subject);

  beforeAll(async () => {
    service = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
    users = new UserRoutes(service, await signIn(service.url, 'johndoe', 'secret', SCOPE));
  });
  beforeEach(async () => {
    user = await somebody(service);
  });
  afterAll(() => service.close());

  it('mails the person a link, and changes nothing until it is used', async () => {
    const pair = await openSession(service, { username: user.username, password: PASSWORD });
    expect((await users.mailLink(user.id)).status).toBe(202);
    const token = await mailedToken(service, user.email as string);
    const [mail] = await mailsTo(service, user.email as string);
    expect(mail?.text).toContain('whoever runs this service');
    expect(await statusOf(service, pair.access)).toBe(200);
    const body = { token, new_password: 'a second garden' };
    const used = await sendJson(`${service.url}/password-reset/confirm`, 'POST', body);
    expect(used.status).toBe(204);
    expect(await statusOf(service, pair.access)).toBe(401);
  });

  it('answers with no trace of the link', async () => {
    const answer = await users.mailLink(user.id);
    const token = await mailedToken(service, user.email as string);
    expect(answer.text).toBe('');
    expect(JSON.stringify([...answer.headers])).not.toContain(token);
    expect(service.log()).not.toContain(token);
  });

  it('says why it cannot, and mails nothing', async () => {
    const unverified = await somebody(service, { emailVerified: false });
    const without = await somebody(service, { email: null, emailVerified: false });
    for (const { id, email } of [unverified, without]) {
      const { status, body } = await users.mailLink(id);
      expect(status).toBe(409);
      expect(body.detail).toMatch(/^The account has no verified e-mail address; `user password`/);
      if (email !== null) expect(await mailsTo(service, email)).toEqual([]);
    }
    await users.change(user.id, { disabled: true });
    const { status, body } = await users.mailLink(user.id);
    expect(status).toBe(409);
    expect(body.detail).toBe('The account is disabled, so no link would work; enable it first');
    expect(await subjects()).toEqual([]);
  });

  it('sends five in an hour to one address, and then says so, to whoever asks', async () => {
    const client = await addClient(service, { scopes: ['users:write'] });
    const machine = new UserRoutes(service, await machineToken(service.url, client));
    for (let count = 0; count < 5; count += 1) {
      expect((await users.mailLink(user.id)).status).toBe(202);
    }
    for (const whoever of [users, machine]) {
      const refused = await whoever.mailLink(user.id);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    }
    expect(await subjects()).toHaveLength(5);
    const other = await somebody(service);
    expect((await users.mailLink(other.id)).status).toBe(202);
  });

  it('leaves the owner the mails that anybody may ask for, and the other way round', async () => {
    const forget = () =>
      sendJson(`${service.url}/password-reset`, 'POST', { username_or_email: user.username });
    for (let count = 0; count < 6; count += 1) await forget();
    expect(await subjects()).toHaveLength(5);
    for (let count = 0; count < 5; count += 1) await users.mailLink(user.id);
    expect(await subjects()).toHaveLength(10);
  });

  it('is no way round the limit with accounts that are made and deleted', async () => {
    const email = 'flooded@example.com';
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      const { status, body } = await users.invite({ email });
      statuses.push(status);
      if (status === 201) await users.delete(body.id as string);
    }
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429]);
  });
});
