import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KnownDevice } from '../../src/sessions/known-device.entity.js';
import { AccountLink } from '../../src/users/account-link.entity.js';
import { AccountLinks } from '../../src/users/account-links.js';
import { emailKey } from '../../src/users/profile.js';
import { User } from '../../src/users/user.entity.js';
import { Passwords } from '../../src/users/passwords.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { postForm, sendJson, signIn } from '../support/http.js';
import { mailedToken, mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import { deedsAbout, openSession, refresh, statusOf } from '../support/refresh.js';

const NEW = 'another garden';
const INVALID = {
  status: 400,
  body: { detail: 'The link is invalid or has expired; ask for another', status: 400 },
};

describe('/password-reset', () => {
  let service: TestApp;
  let user: User;
  let email: string;

  const request = (username_or_email: unknown) =>
    sendJson(`${service.url}/password-reset`, 'POST', { username_or_email });
  const confirm = (token: string, new_password: string = NEW) =>
    sendJson(`${service.url}/password-reset/confirm`, 'POST', { token, new_password });
  const links = (): Repository<AccountLink> => service.app.get(getRepositoryToken(AccountLink));

  async function mailedLink(): Promise<string> {
    await request(user.username);
    return mailedToken(service, email);
  }

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service);
    email = user.email as string;
  });
  afterAll(() => service.close());

  it('sets a new password by a mailed link, once, and ends every session', async () => {
    const pair = await openSession(service, { username: user.username, password: PASSWORD });
    const link = await mailedLink();
    expect(await confirm(link)).toMatchObject({ status: 204, text: '' });
    expect(await statusOf(service, pair.access)).toBe(401);
    expect((await refresh(service, pair.refresh)).status).toBe(400);
    await signIn(service.url, user.username, NEW);
    expect(await confirm(link, 'a third garden')).toMatchObject(INVALID);
    await signIn(service.url, user.username, NEW);
  });

  it.each(['username', 'e-mail address', 'e-mail address in capitals'])(
    'knows the account by its %s',
    async (what) => {
      const text = { username: user.username, 'e-mail address': email }[what];
      expect((await request(text ?? email.toUpperCase())).status).toBe(202);
      const [mail] = await mailsTo(service, email);
      expect(mail?.subject).toBe('Set a new password');
      expect(mail?.text).toContain(`${service.settings.PUBLIC_URL}/password-reset?token=hp_pr_`);
    },
  );

  it('kills every other link with the first that is used', async () => {
    const first = await mailedLink();
    const second = await mailedLink();
    expect(second).not.toBe(first);
    expect((await confirm(first)).status).toBe(204);
    expect(await confirm(second)).toMatchObject(INVALID);
    expect(await links().findBy({ userId: user.id })).toEqual([]);
  });

  it('keeps the link when the new password is none', async () => {
    const link = await mailedLink();
    for (const [weak, message] of [
      ['short', /at least 8/],
      ['password1', /most common/],
      [`${user.username}!`, /must not be the name/],
    ] as const) {
      const answer = await confirm(link, weak);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toMatchObject([{ field: 'new_password' }]);
      expect(answer.body.detail).toMatch(message);
    }
    expect((await confirm(link)).status).toBe(204);
  });

  it('lets a link die after an hour', async () => {
    const link = await mailedLink();
    service.clock.forward({ seconds: 3600 });
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it.each<[string, (app: TestApp['app']) => Promise<unknown>]>([
    ['the password was changed', (app) => app.get(Passwords).set(user.id, 'changed!!')],
    ['every session was ended', (app) => app.get(UsersService).endSessions(user.id)],
    [
      'the account was disabled',
      (app) => app.get(UsersService).change({ id: user.id }, { disabled: true }),
    ],
    ['the account was deleted', (app) => app.get(UsersService).delete(user)],
  ])('takes no link after %s', async (_what, act) => {
    const link = await mailedLink();
    await act(service.app);
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it('takes no link that was mailed to an address before this one, however late it was made', async () => {
    const late = await service.app.get(AccountLinks).issue(user, 'password_reset', email);
    const rows: Repository<User> = service.app.get(getRepositoryToken(User));
    await rows.update(
      { id: user.id },
      { email: 'new@x.org', verifiedEmailKey: emailKey('new@x.org') },
    );
    expect(await confirm(late)).toMatchObject(INVALID);
  });

  it('forgets the devices that were known, as one may be a thief’s', async () => {
    await signIn(service.url, user.username, PASSWORD);
    const devices: Repository<KnownDevice> = service.app.get(getRepositoryToken(KnownDevice));
    expect(await devices.countBy({ userId: user.id })).toBe(1);
    await confirm(await mailedLink());
    expect(await devices.countBy({ userId: user.id })).toBe(0);
  });

  it('takes no link that verifies an address', async () => {
    const fresh = await somebody(service, { emailVerified: false });
    const token = await signIn(service.url, fresh.username, PASSWORD);
    await sendJson(`${service.url}/email-verification`, 'POST', {}, token);
    expect(await confirm(await mailedToken(service, fresh.email as string))).toMatchObject(INVALID);
  });

  it('mails nothing to an address that nobody has verified, nor to a disabled person', async () => {
    const fresh = await somebody(service, { emailVerified: false });
    const gone = await somebody(service, { disabled: true });
    for (const one of [fresh, gone]) {
      for (const text of [one.username, one.email]) expect((await request(text)).status).toBe(202);
      expect(await mailsTo(service, one.email as string)).toEqual([]);
    }
  });

  it('goes to the owner of an address, not to who has it for a username', async () => {
    const squatted = 'wanted@example.com';
    await somebody(service, { username: squatted, email: squatted, emailVerified: false });
    const owner = await somebody(service, { email: squatted });
    await request(squatted);
    const [mail] = await mailsTo(service, squatted);
    expect(mail?.text).toContain(`Hello ${owner.username},`);
  });

  it('keeps the hash of the token and not the token', async () => {
    const link = await mailedLink();
    const rows = await links().findBy({ userId: user.id });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(link.slice('hp_pr_'.length));
  });

  it('is done by one of twenty at once', async () => {
    const link = await mailedLink();
    const passwords = Array.from({ length: 20 }, (_, n) => `garden number ${n}`);
    const answers = await Promise.all(passwords.map((password) => confirm(link, password)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([204, ...Array<number>(19).fill(400)]);
    const form = { username: user.username, password: passwords[statuses.indexOf(204)] as string };
    expect((await postForm(`${service.url}/token`, form)).status).toBe(200);
  });

  it('is written down, and the person told by mail', async () => {
    await confirm(await mailedLink());
    const actor = `user:${user.id}`;
    const entries = await deedsAbout(service, user);
    expect(entries).toMatchObject([
      { event: 'user.password_changed', actor, reason: 'mailed_link', ip: '127.0.0.1' },
      { event: 'sessions.ended', actor, reason: 'password_changed' },
    ]);
    const subjects = (await mailsTo(service, email)).map(({ subject }) => subject);
    expect(subjects).toEqual(['Set a new password', 'Your password was changed']);
  });

  it.each([undefined, null, 5, '', ['x'], 'x'.repeat(255), '\ud800'])(
    'takes %j for no name',
    async (text) => {
      expect((await request(text)).status).toBe(422);
    },
  );
});
