import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { User } from '../../src/users/user.entity.js';
import { startApp, type TestApp } from '../support/app.js';
import { call, sendJson, signIn } from '../support/http.js';
import { mailedToken, mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';

describe('PATCH /users/me', () => {
  let service: TestApp;
  let user: User;
  let token: string;

  const patch = (body: unknown) => sendJson(`${service.url}/users/me`, 'PATCH', body, token);
  const me = async () =>
    (await sendJson(`${service.url}/users/me`, 'GET', undefined, token)).body as object;
  const confirm = (link: string) =>
    sendJson(`${service.url}/email-verification/confirm`, 'POST', { token: link });

  beforeAll(async () => {
    service = await startApp();
  });
  beforeEach(async () => {
    user = await somebody(service, { fullName: 'Some Body' });
    token = await signIn(service.url, user.username, PASSWORD);
  });
  afterAll(() => service.close());

  it('changes the full name at once, or takes it away', async () => {
    const changed = await patch({ full_name: 'Renée Ångström' });
    expect(changed).toMatchObject({ status: 200, body: { full_name: 'Renée Ångström' } });
    expect(await me()).toEqual(changed.body);
    expect(await patch({ full_name: null })).toMatchObject({ body: { full_name: null } });
    expect(await me()).toMatchObject({ full_name: null, email: user.email });
  });

  it('changes nothing when nothing is sent', async () => {
    const before = await me();
    expect(await patch({})).toMatchObject({ status: 200, body: before });
    expect(await me()).toEqual(before);
  });

  it.each([
    { id: '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a13' },
    { username: 'another' },
    { role: 'admin' },
    { disabled: true },
    { email_verified: true },
    { pending_email: 'x@example.com' },
    { password_hash: 'x' },
    { password: 'a new one, perhaps' },
    { auth_epoch: 7 },
    { created_at: '2020-01-01T00:00:00Z' },
  ])('refuses %j, and changes nothing of it', async (body) => {
    const before = await me();
    expect((await patch({ full_name: 'Changed', ...body })).status).toBe(422);
    expect(await me()).toEqual(before);
  });

  it.each([
    [{ email: 'nobody' }, 'email'],
    [{ email: '' }, 'email'],
    [{ email: 'a@example.com\u0000' }, 'email'],
    [{ full_name: '' }, 'full_name'],
    [{ full_name: 'x'.repeat(201) }, 'full_name'],
    [{ full_name: 'two\nlines' }, 'full_name'],
  ])('refuses %j and says which field', async (body, field) => {
    const answer = await patch(body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ field }]);
  });

  describe('with a new e-mail address', () => {
    const NEW = () => `new-${user.username}@example.com`;

    it('keeps the verified one until the owner of the new one has followed the link', async () => {
      const answer = await patch({ email: NEW() });
      const { email } = user;
      expect(answer).toMatchObject({
        status: 200,
        body: { email, email_verified: true, pending_email: NEW() },
      });
      expect((await confirm(await mailedToken(service, NEW()))).status).toBe(204);
      expect(await me()).toMatchObject({ email: NEW(), email_verified: true, pending_email: null });
    });

    it('tells the owner of the old one when it is done', async () => {
      await patch({ email: NEW() });
      await confirm(await mailedToken(service, NEW()));
      const mails = await mailsTo(service, user.email as string);
      expect(mails.at(-1)?.subject).toBe('Your e-mail address was changed');
    });

    it('takes the place of one that nobody has verified', async () => {
      user = await somebody(service, { email: 'typo@example.com', emailVerified: false });
      token = await signIn(service.url, user.username, PASSWORD);
      expect(await patch({ email: NEW() })).toMatchObject({
        body: { email: NEW(), email_verified: false, pending_email: null },
      });
    });

    it('kills the links that were mailed before', async () => {
      await patch({ email: NEW() });
      const first = await mailedToken(service, NEW());
      await patch({ email: `other-${user.username}@example.com` });
      expect((await confirm(first)).status).toBe(400);
      expect(await me()).toMatchObject({ email: user.email });
    });

    it('kills a reset link that is on its way to the old one', async () => {
      const { username_or_email } = { username_or_email: user.username };
      await sendJson(`${service.url}/password-reset`, 'POST', { username_or_email });
      const link = await mailedToken(service, user.email as string);
      await patch({ email: NEW() });
      const body = { token: link, new_password: 'another garden' };
      const answer = await sendJson(`${service.url}/password-reset/confirm`, 'POST', body);
      expect(answer.status).toBe(400);
    });

    it('forgets it when the old one is given again', async () => {
      await patch({ email: NEW() });
      const link = await mailedToken(service, NEW());
      await patch({ email: user.email });
      expect(await me()).toMatchObject({ email: user.email, pending_email: null });
      expect((await confirm(link)).status).toBe(400);
    });

    it('forgets it when the password changes, as it may be a thief’s', async () => {
      await patch({ email: NEW() });
      const link = await mailedToken(service, NEW());
      const body = { current_password: PASSWORD, new_password: 'another garden' };
      await sendJson(`${service.url}/users/me/password`, 'POST', body, token);
      expect((await confirm(link)).status).toBe(400);
      token = await signIn(service.url, user.username, 'another garden');
      expect(await me()).toMatchObject({ email: user.email, pending_email: null });
    });

    it('says nothing of whether it is somebody else’s, who alone is told', async () => {
      const owner = await somebody(service);
      expect(await patch({ email: owner.email })).toMatchObject({
        status: 200,
        body: { email: user.email, pending_email: owner.email },
      });
      const [mail] = await mailsTo(service, owner.email as string);
      expect(mail?.subject).toBe('You have an account already');
    });

    it('tells the owner of the verified one before anything has changed', async () => {
      await patch({ email: NEW() });
      const [mail] = await mailsTo(service, user.email as string);
      expect(mail?.subject).toBe('Your e-mail address is about to change');
      expect(await me()).toMatchObject({ email: user.email });
    });

    it('never takes a verified one away for null: it is the way back in', async () => {
      await patch({ email: NEW() });
      expect((await patch({ email: null })).status).toBe(422);
      expect(await me()).toMatchObject({ email: user.email, pending_email: NEW() });
    });

    it('takes one away for null that nobody has verified', async () => {
      user = await somebody(service, { emailVerified: false });
      token = await signIn(service.url, user.username, PASSWORD);
      expect(await patch({ email: null })).toMatchObject({
        status: 200,
        body: { email: null, email_verified: false, pending_email: null },
      });
    });

    it('leaves everything as it is when the same one is given in other letters', async () => {
      await sendJson(`${service.url}/password-reset`, 'POST', { username_or_email: user.username });
      const link = await mailedToken(service, user.email as string);
      expect(await patch({ email: user.email?.toUpperCase() })).toMatchObject({
        status: 200,
        body: { email: user.email, email_verified: true, pending_email: null },
      });
      const body = { token: link, new_password: 'another garden' };
      const answer = await sendJson(`${service.url}/password-reset/confirm`, 'POST', body);
      expect(answer.status).toBe(204);
    });

    it('is refused to a session that another process has just ended, and so is a name', async () => {
      expect(await me()).toMatchObject({ id: user.id }); // remembered for a second
      const rows: Repository<User> = service.app.get(getRepositoryToken(User));
      await rows.update({ id: user.id }, { authEpoch: 1 });
      expect((await patch({ email: NEW() })).status).toBe(401);
      const { pendingEmail } = await rows.findOneByOrFail({ id: user.id });
      expect(pendingEmail).toBeNull();
    });

    it('is refused to somebody whom another process has just deleted', async () => {
      const rows: Repository<User> = service.app.get(getRepositoryToken(User));
      for (const body of [{ email: NEW() }, { full_name: 'Nobody' }]) {
        const gone = await somebody(service);
        token = await signIn(service.url, gone.username, PASSWORD);
        expect(await me()).toMatchObject({ id: gone.id });
        await rows.delete({ id: gone.id });
        expect((await patch(body)).status).toBe(401);
      }
    });
  });

  describe('of somebody whose username is the address', () => {
    beforeEach(async () => {
      const address = `${user.username}@mail.example`;
      user = await somebody(service, { username: address, email: address });
      token = await signIn(service.url, address, PASSWORD);
    });

    it('changes the username with it', async () => {
      const address = `moved-${user.username}`;
      await patch({ email: address });
      expect(await me()).toMatchObject({ username: user.username, pending_email: address });
      await confirm(await mailedToken(service, address));
      expect(await me()).toMatchObject({ username: address, email: address });
      await signIn(service.url, address, PASSWORD);
    });

    it('does not take it away', async () => {
      expect(await patch({ email: null })).toMatchObject({ status: 422 });
      expect(await patch({ email: `${'x'.repeat(60)}@example.com` })).toMatchObject({
        status: 422,
        body: { errors: [{ field: 'email', message: 'must be 1 to 64 characters' }] },
      });
    });
  });

  it('is nobody’s who has no token', async () => {
    const answer = await call(`${service.url}/users/me`, { method: 'PATCH' });
    expect(answer.status).toBe(401);
  });
});
