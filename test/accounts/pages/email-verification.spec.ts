import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccountLink } from '../../../src/users/account-link.entity.js';
import { EmailAddresses } from '../../../src/users/email-addresses.js';
import { User } from '../../../src/users/user.entity.js';
import { UsersService } from '../../../src/users/users.service.js';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, call, postForm } from '../../support/http.js';
import { linkFor } from '../../support/links.js';
import { attributesOf, expectPage } from '../../support/markup.js';
import { somebody } from '../../support/people.js';
import { auditLog } from '../../support/refresh.js';

const FORM = 'Confirm your e-mail address';
const DEAD = 'This link no longer works';

describe('the page of a mailed link to confirm an address', () => {
  let service: TestApp;
  let user: User;
  let token: string;

  const users = (): Repository<User> => service.app.get(getRepositoryToken(User));
  const links = (): Repository<AccountLink> => service.app.get(getRepositoryToken(AccountLink));
  const open = (query = `?token=${token}`, init: RequestInit = {}): Promise<Answer> =>
    call(`${service.url}/email-verification${query}`, init);
  const press = (fields: Record<string, string> | string = { token }): Promise<Answer> =>
    postForm(`${service.url}/email-verification/form`, fields);
  const isConfirmed = async () =>
    (await users().findOneByOrFail({ id: user.id })).verifiedEmailKey !== null;

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service, { emailVerified: false });
    token = await linkFor(service, user, 'email_verification');
  });
  afterAll(() => service.close());

  it('has one button, and tells which address of which account it confirms', async () => {
    const answer = await open();
    expectPage(answer, 200, FORM);
    expect(answer.text).toContain(`<bdi>${user.username}<wbr>@example.com</bdi>`);
    expect(answer.text).toContain(`<bdi>${user.username}</bdi>`);
    expect(answer.text.match(/<button>.*<\/button>/g)).toEqual([
      '<button>Confirm this address</button>',
    ]);
    expect(attributesOf(answer.text, '<form')).toEqual({
      method: 'post',
      action: 'email-verification/form',
    });
    expect(attributesOf(answer.text, '<input')).toMatchObject({ type: 'hidden', value: token });
  });

  it('changes nothing by being opened, be it by a scanner of mails', async () => {
    const rows = async () => [await users().find(), await links().find(), await auditLog(service)];
    const before = await rows();
    for (let times = 0; times < 3; times++) expectPage(await open(), 200, FORM);
    const head = await open(undefined, { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
    expect(await rows()).toEqual(before);
    expect(await isConfirmed()).toBe(false);
  });

  it('confirms the address by the button, once, and leads to a page without the token', async () => {
    const answer = await press();
    expect(answer).toMatchObject({ status: 303, text: '' });
    expect(answer.headers.get('location')).toBe('../email-verification/done');
    const done = await call(`${service.url}/email-verification/done`);
    expectPage(done, 200, 'The address is confirmed');
    expect(await isConfirmed()).toBe(true);
    const entries = (await auditLog(service)).filter(({ userId }) => userId === user.id);
    expect(entries).toMatchObject([
      { event: 'user.email_verified', actor: `user:${user.id}`, ip: '127.0.0.1' },
    ]);
    expectPage(await press(), 400, DEAD);
    expectPage(await open(), 400, DEAD);
  });

  it.each(['', '?token=', '?token=hp_ev_nothing', '?token=a&token=b'])(
    'says what to do when the link is %j',
    async (query) => {
      const answer = await open(query);
      expectPage(answer, 400, DEAD);
      expect(answer.text).toContain('ask for another link');
      expect(answer.text).not.toContain('<form');
    },
  );

  it.each([
    ['has expired', () => service.clock.forward({ seconds: 24 * 3600 })],
    [
      'is of a disabled account',
      () => service.app.get(UsersService).change({ id: user.id }, { disabled: true }),
    ],
    [
      'is of an address that was changed since',
      () => service.app.get(EmailAddresses).change(user, 'new@example.com'),
    ],
  ])('is dead when it %s', async (_what, act) => {
    await act();
    expectPage(await open(), 400, DEAD);
    expectPage(await press(), 400, DEAD);
    expect(await isConfirmed()).toBe(false);
  });

  it('does not confirm what another account has confirmed meanwhile', async () => {
    await somebody(service, { email: user.email });
    expectPage(await press(), 400, DEAD);
    expect(await isConfirmed()).toBe(false);
  });

  it('is no page for a link for a new password', async () => {
    token = await linkFor(service, user, 'password_reset');
    expectPage(await open(), 400, DEAD);
    expectPage(await press(), 400, DEAD);
  });

  it('takes no token twice, and none that is not sent', async () => {
    expectPage(await press(`token=${token}&token=${token}`), 400, 'This did not work');
    expectPage(await press(''), 400, DEAD);
    expect(await isConfirmed()).toBe(false);
  });

  it('shows a hostile address and a hostile name as text', async () => {
    const username = `<img/src=x/onerror='alert(1)'>`;
    const email = `"<b>&'x"@example.com`;
    user = await somebody(service, { username, email, emailVerified: false });
    token = await linkFor(service, user, 'email_verification');
    const { text } = await open();
    expect(text).not.toMatch(/<img|<b>/);
    expect(text).toContain('<bdi>&quot;&lt;b&gt;&amp;&#39;x&quot;<wbr>@example.com</bdi>');
    expect(text).toContain('<bdi>&lt;img/src=x/onerror=&#39;alert(1)&#39;&gt;</bdi>');
  });
});
