import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccountLink } from '../../../src/users/account-link.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { Passwords } from '../../../src/users/passwords.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, call, postForm, sendJson, signIn } from '../../support/http.js';
import { linkFor } from '../../support/links.js';
import { attributesOf, expectPage } from '../../support/markup.js';
import { PASSWORD, somebody } from '../../support/people.js';
import { auditLog, deedsAbout, openSession, refresh, statusOf } from '../../support/refresh.js';

const NEW = 'another garden';
const FORM = 'Set a new password';
const DEAD = 'This link no longer works';

describe('the page of a mailed link for a new password', () => {
  let service: TestApp;
  let user: User;
  let token: string;

  const open = (query = `?token=${token}`, init: RequestInit = {}): Promise<Answer> =>
    call(`${service.url}/password-reset${query}`, init);
  const submit = (fields: Record<string, string> | string): Promise<Answer> =>
    postForm(`${service.url}/password-reset/form`, fields);
  const rows = async () => ({
    links: await (
      service.app.get(getRepositoryToken(AccountLink)) as Repository<AccountLink>
    ).find(),
    users: await (service.app.get(getRepositoryToken(User)) as Repository<User>)
      .createQueryBuilder('user')
      .addSelect('user.passwordHash')
      .getMany(),
    audit: await auditLog(service),
  });

  beforeAll(async () => {
    service = await startApp({ env: { PASSWORD_MIN_LENGTH: '9' } });
  });
  beforeEach(async () => {
    user = await somebody(service);
    token = await linkFor(service, user, 'password_reset');
  });
  afterAll(() => service.close());

  it('is a form that tells the rule and whose password it is, to password managers too', async () => {
    const answer = await open();
    expectPage(answer, 200, FORM);
    expect(answer.text).toContain('At least 9 characters');
    expect(answer.text).toContain('<label for="new-password">New password</label>');
    expect(attributesOf(answer.text, '<input id="new-password"')).toEqual({
      id: 'new-password',
      type: 'password',
      name: 'new_password',
      autocomplete: 'new-password',
      required: '',
      minlength: '9',
      'aria-describedby': 'rule',
    });
    expect(attributesOf(answer.text, '<input class="unseen"')).toMatchObject({
      name: 'username',
      autocomplete: 'username',
      value: user.username,
    });
    expect(attributesOf(answer.text, '<input type="hidden"')).toMatchObject({ value: token });
    expect(attributesOf(answer.text, '<form')).toEqual({
      method: 'post',
      action: 'password-reset/form',
    });
  });

  it('changes nothing by being opened, be it by a scanner of mails', async () => {
    const before = await rows();
    for (let times = 0; times < 3; times++) expectPage(await open(), 200, FORM);
    const head = await open(undefined, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(await rows()).toEqual(before);
    expect((await submit({ token, new_password: NEW })).status).toBe(303);
  });

  it('sets the password, ends every session, and leads to a page without the token', async () => {
    const pair = await openSession(service, { username: user.username, password: PASSWORD });
    const answer = await submit({ token, new_password: NEW, username: user.username });
    expect(answer).toMatchObject({ status: 303, text: '' });
    expect(answer.headers.get('location')).toBe('../password-reset/done');
    expectPage(await call(`${service.url}/password-reset/done`), 200, 'The password is set');
    expect(await statusOf(service, pair.access)).toBe(401);
    expect((await refresh(service, pair.refresh)).status).toBe(400);
    await signIn(service.url, user.username, NEW);
    const entries = await deedsAbout(service, user);
    expect(entries).toMatchObject([
      { event: 'user.password_changed', reason: 'mailed_link', ip: '127.0.0.1' },
      { event: 'sessions.ended', reason: 'password_changed' },
    ]);
  });

  it('is good once, whether it is used here or as JSON', async () => {
    expect((await submit({ token, new_password: NEW })).status).toBe(303);
    expectPage(await submit({ token, new_password: 'a third garden' }), 400, DEAD);
    expectPage(await open(), 400, DEAD);
    const confirm = `${service.url}/password-reset/confirm`;
    expect((await sendJson(confirm, 'POST', { token, new_password: NEW })).status).toBe(400);
    const second = await linkFor(service, { ...user, authEpoch: 1 }, 'password_reset');
    const body = { token: second, new_password: 'a third garden' };
    expect((await sendJson(confirm, 'POST', body)).status).toBe(204);
    expectPage(await submit(body), 400, DEAD);
    await signIn(service.url, user.username, 'a third garden');
  });

  it.each([
    ['password1', 'The password is one of the most common passwords'],
    ['short', 'The password must be at least 9 characters.'],
    ['', 'The password must be at least 9 characters.'],
    ['x'.repeat(5000), 'The password must be at most 1024 characters.'],
  ])('shows the form again for the weak password %.9s, and stays good', async (weak, message) => {
    const answer = await submit({ token, new_password: weak });
    expectPage(answer, 422, FORM);
    expect(answer.text).toContain(`<title>Error: ${FORM} - Hallpass</title>`);
    expect(answer.text).toContain(`<p class="fault" id="fault">${message}`);
    expect(attributesOf(answer.text, '<input id="new-password"')).toMatchObject({
      'aria-describedby': 'fault rule',
      'aria-invalid': 'true',
      autofocus: '',
    });
    if (weak !== '') expect(answer.text).not.toContain(`"${weak}"`);
    const action = attributesOf(answer.text, '<form')['action'] as string;
    const again = new URL(action, `${service.url}/password-reset/form`).href;
    expect((await postForm(again, { token, new_password: NEW })).status).toBe(303);
  });

  it.each(['', '?token=', '?token=hp_pr_nothing', '?token=a&token=b', '?token[]=a', '?token=%00'])(
    'says what to do when the link is %j',
    async (query) => {
      const answer = await open(query);
      expectPage(answer, 400, DEAD);
      expect(answer.text).toContain('ask for another link');
      expect(answer.text).not.toContain('<form');
    },
  );

  it.each([
    ['has expired', () => service.clock.forward({ seconds: 3600 })],
    [
      'is of a disabled account',
      () => service.app.get(UsersService).change({ id: user.id }, { disabled: true }),
    ],
    ['is older than a password', () => service.app.get(Passwords).set(user.id, NEW)],
    ['is of an account that is gone', () => service.app.get(UsersService).delete(user)],
  ])('is dead when it %s', async (_what, act) => {
    await act();
    expectPage(await open(), 400, DEAD);
    expectPage(await submit({ token, new_password: NEW }), 400, DEAD);
  });

  it('is no page for a link that verifies an address', async () => {
    token = await linkFor(service, user, 'email_verification');
    expectPage(await open(), 400, DEAD);
    expectPage(await submit({ token, new_password: NEW }), 400, DEAD);
  });

  it.each(['new_password=another+garden', ''])('needs a token: %j', async (form) => {
    expectPage(await submit(form), 400, DEAD);
  });

  it('takes no field twice', async () => {
    const answer = await submit(`token=${token}&new_password=one+garden&new_password=two+gardens`);
    expectPage(answer, 400, 'This did not work');
    expect(answer.text).toContain('new_password is sent more than once.');
    await signIn(service.url, user.username, PASSWORD);
  });

  it('takes no NUL, as JSON does not', async () => {
    const answer = await submit(`token=${token}&new_password=another%00garden`);
    expectPage(answer, 400, 'This did not work');
    expect((await submit({ token, new_password: NEW })).status).toBe(303);
  });

  it('shows a hostile name as text', async () => {
    const name = `"><script>alert('1')</script>&amp;<%=it%>`;
    const hostile = await somebody(service, { username: name, email: 'hostile@example.com' });
    token = await linkFor(service, hostile, 'password_reset');
    for (const answer of [await open(), await submit({ token, new_password: 'short' })]) {
      expect(answer.text).not.toContain('<script');
      const escaped =
        '&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;&lt;%=it%&gt;';
      expect(answer.text).toContain(`<bdi>${escaped}</bdi>`);
      expect(answer.text).toContain(`value="${escaped}"`);
    }
  });
});
