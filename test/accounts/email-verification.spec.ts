import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { sendJson, signIn } from '../support/http.js';
import { mailedToken, mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import { deedsAbout } from '../support/refresh.js';

const INVALID = {
  status: 400,
  body: { detail: 'The link is invalid or has expired; ask for another', status: 400 },
};

describe('/email-verification', () => {
  let service: TestApp;
  let user: User;
  let token: string;

  const request = () => sendJson(`${service.url}/email-verification`, 'POST', {}, token);
  const confirm = (link: unknown) =>
    sendJson(`${service.url}/email-verification/confirm`, 'POST', { token: link });
  const me = async () =>
    (await sendJson(`${service.url}/users/me`, 'GET', undefined, token)).body as object;

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service, { emailVerified: false });
    token = await signIn(service.url, user.username, PASSWORD);
  });
  afterAll(() => service.close());

  it('mails a link, by which the address is verified, once', async () => {
    expect(await request()).toMatchObject({ status: 202, text: '' });
    const link = await mailedToken(service, user.email as string);
    expect(await me()).toMatchObject({ email_verified: false });
    expect(await confirm(link)).toMatchObject({ status: 204, text: '' });
    expect(await me()).toMatchObject({ email: user.email, email_verified: true });
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it('says that there is nothing to verify', async () => {
    await request();
    await confirm(await mailedToken(service, user.email as string));
    expect(await request()).toMatchObject({
      status: 409,
      body: { detail: 'There is no e-mail address to confirm' },
    });
  });

  it.each(['hp_ev_nothing', 'x', 'hp_ev_' + 'A'.repeat(43), '\u{1f600}'])(
    'refuses %j as it does a used one',
    async (link) => {
      expect(await confirm(link)).toMatchObject(INVALID);
    },
  );

  it.each([undefined, null, 5, '', 'x'.repeat(101), '\ud800', 'a\0b'])(
    'takes %j for no token',
    async (link) => {
      expect((await confirm(link)).status).toBe(422);
    },
  );

  it('lets a link die after a day', async () => {
    await request();
    const link = await mailedToken(service, user.email as string);
    service.clock.forward({ seconds: 24 * 3600 });
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it('takes no reset link', async () => {
    const known = await somebody(service);
    await sendJson(`${service.url}/password-reset`, 'POST', { username_or_email: known.username });
    const link = await mailedToken(service, known.email as string);
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it('gives an address to the first of two accounts that verifies it', async () => {
    const rival = await somebody(service, { email: user.email, emailVerified: false });
    await request();
    const own = await mailedToken(service, user.email as string);
    const rivals = await signIn(service.url, rival.username, PASSWORD);
    await sendJson(`${service.url}/email-verification`, 'POST', {}, rivals);
    const other = await mailedToken(service, user.email as string);
    expect((await confirm(other)).status).toBe(204);
    expect(await confirm(own)).toMatchObject(INVALID);
    expect(await me()).toMatchObject({ email_verified: false });
  });

  it('is no use to a disabled person', async () => {
    await request();
    const link = await mailedToken(service, user.email as string);
    await service.app.get(UsersService).change({ id: user.id }, { disabled: true });
    expect(await confirm(link)).toMatchObject(INVALID);
  });

  it('is done by one of twenty at once', async () => {
    await request();
    const link = await mailedToken(service, user.email as string);
    const answers = await Promise.all(Array.from({ length: 20 }, () => confirm(link)));
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([204, ...Array<number>(19).fill(400)]);
  });

  it('is written down', async () => {
    await request();
    await confirm(await mailedToken(service, user.email as string));
    const entries = await deedsAbout(service, user);
    expect(entries).toMatchObject([{ event: 'user.email_verified', actor: `user:${user.id}` }]);
    expect(JSON.stringify(entries)).not.toContain('@');
  });

  it('names the service by PUBLIC_URL, whatever Host was asked', async () => {
    await request();
    const [mail] = await mailsTo(service, user.email as string);
    expect(mail?.text).toContain(`${service.settings.PUBLIC_URL}/email-verification?token=hp_ev_`);
  });
});
