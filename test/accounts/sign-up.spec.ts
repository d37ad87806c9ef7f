import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { sendJson, signIn } from '../support/http.js';
import { mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';
import { auditLog } from '../support/refresh.js';

describe('POST /signup', () => {
  let service: TestApp;

  const signUp = (body: unknown) => sendJson(`${service.url}/signup`, 'POST', body);

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open' } });
  });
  afterAll(() => service.close());

  it('makes an account like /users/me, with which one signs in', async () => {
    const answer = await signUp({
      username: 'Zoë',
      password: PASSWORD,
      email: 'Zoe@example.com',
      full_name: 'Zoë Zebra',
    });
    expect(answer.status).toBe(201);
    const token = await signIn(service.url, 'zoë', PASSWORD);
    const me = await sendJson(`${service.url}/users/me`, 'GET', undefined, token);
    expect(me.body).toEqual(answer.body);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      username: 'Zoë',
      email: 'Zoe@example.com',
      email_verified: false,
      pending_email: null,
      full_name: 'Zoë Zebra',
      disabled: false,
      role: 'user',
      created_at: expect.any(String) as string,
    });
  });

  it('needs no more than a name and a password', async () => {
    const answer = await signUp({ username: 'minimal', password: PASSWORD, email: null });
    expect(answer).toMatchObject({ status: 201, body: { email: null, full_name: null } });
  });

  it('is written down with who it was', async () => {
    const { body } = await signUp({ username: 'noted', password: PASSWORD });
    const actor = `user:${body.id as string}`;
    const entries = await auditLog(service);
    expect(entries.find((entry) => entry.actor === actor)).toMatchObject({
      event: 'user.created',
      subject: actor,
      result: 'success',
      ip: '127.0.0.1',
    });
  });

  it.each([
    [{ id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13' }, 'id'],
    [{ role: 'admin' }, 'role'],
    [{ disabled: false }, 'disabled'],
    [{ email_verified: true }, 'email_verified'],
    [{ emailVerified: true }, 'emailVerified'],
    [{ verifiedEmailKey: 'x@example.com' }, 'verifiedEmailKey'],
    [{ password_hash: 'x' }, 'password_hash'],
    [{ auth_epoch: 5 }, 'auth_epoch'],
  ])('refuses %j, which nobody says of oneself', async (extra, field) => {
    const answer = await signUp({ username: 'greedy', password: PASSWORD, ...extra });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field, message: 'is not a field of this request' }]);
  });

  it.each([
    [{ username: 'a b' }, 'username', /no space/],
    [{ username: '' }, 'username', /1 to 64/],
    [{ username: 5 }, 'username', /must be text/],
    [{ username: undefined }, 'username', /must be text/],
    [{ username: 'someone@example.com' }, 'username', /only if it is the account's e-mail/],
    [{ password: 'short' }, 'password', /at least 8/],
    [{ password: 'password1' }, 'password', /most common/],
    [{ password: 'fresh-name1', username: 'fresh-name' }, 'password', /must not be the name/],
    [{ password: 'x'.repeat(1025) }, 'password', /at most 1024/],
    [{ password: ' '.repeat(8) }, 'password', /spaces and invisible/],
    [{ password: undefined }, 'password', /must be text/],
    [{ email: 5 }, 'email', /must be text/],
    [{ email: {} }, 'email', /must be text/],
    [{ email: 'a@x_y' }, 'email', /must be an e-mail address/],
    [{ email: 'nobody' }, 'email', /must be an e-mail address/],
    [{ email: 'a@example.com\r\nBcc: b@example.com' }, 'email', /must be an e-mail address/],
    [{ full_name: ' ' }, 'full_name', /1 to 200/],
    [{ full_name: ['x'] }, 'full_name', /must be text/],
  ])('refuses %j and says why', async (wrong, field, message) => {
    const answer = await signUp({ username: 'fresh', password: PASSWORD, ...wrong });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([
      { field, message: expect.stringMatching(message) as string },
    ]);
  });

  it('looks at no text for long, however it was made', async () => {
    const email = `a${'\u0316\u0300'.repeat(15_000)}`;
    const start = performance.now();
    expect((await signUp({ username: 'q@q', password: PASSWORD, email })).status).toBe(422);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('takes a password that is short enough once it is normalised', async () => {
    const password = 'e\u0301'.repeat(600);
    expect((await signUp({ username: 'decomposed', password })).status).toBe(201);
    await signIn(service.url, 'decomposed', '\u00e9'.repeat(600));
  });

  it.each(['alice', 'ALICE', 'ａlice'])('says that %j is taken', async (username) => {
    expect(await signUp({ username, password: PASSWORD })).toMatchObject({
      status: 409,
      body: { detail: 'This username is taken', status: 409 },
    });
  });

  it('gives one name to one of twenty at once, and the rest a 409', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => signUp({ username: 'wanted', password: PASSWORD })),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, ...Array<number>(19).fill(409)]);
  });

  it('mails a link to the address', async () => {
    await signUp({ username: 'chosen-name', password: PASSWORD, email: 'mailed@example.com' });
    const [mail, ...more] = await mailsTo(service, 'mailed@example.com');
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('Confirm your e-mail address');
    expect(mail?.text).not.toContain('chosen-name');
    expect(mail?.text).toContain(`${service.url}/email-verification?token=hp_ev_`);
  });

  it('answers the same for an address that is known, whose owner alone is told', async () => {
    const owner = await somebody(service);
    const email = owner.email?.toUpperCase();
    const answer = await signUp({ username: 'second', password: PASSWORD, email });
    expect(answer).toMatchObject({ status: 201, body: { email, email_verified: false } });
    const [mail] = await mailsTo(service, email as string);
    expect(mail?.subject).toBe('You have an account already');
    expect(mail?.text).toContain(`Sign in as ${owner.username}`);
    expect(mail?.text).not.toContain('token=');
  });
});

describe('POST /signup while REGISTRATION is closed, as it is unless told otherwise', () => {
  it('refuses everyone in the same way, whatever they send', async () => {
    const service = await startApp();
    const closed = { status: 403, body: { detail: 'Registration is closed', status: 403 } };
    for (const body of [{ username: 'carol', password: PASSWORD }, { username: 'alice' }, {}]) {
      const answer = await sendJson(`${service.url}/signup`, 'POST', body);
      expect(answer).toMatchObject(closed);
      expect(answer.headers.get('www-authenticate')).toBeNull();
    }
    await service.close();
  });
});
