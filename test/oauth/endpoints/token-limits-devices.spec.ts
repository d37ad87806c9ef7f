import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { KnownDevice } from '../../../src/sessions/known-device.entity.js';
import { User } from '../../../src/users/user.entity.js';
import { startApp, type TestApp } from '../../support/app.js';
import { formOf, Visitor } from '../../support/visitor.js';
import { askToken, INCORRECT, oauthError } from '../../support/oauth.js';

const TOO_MANY = oauthError(429, 'temporarily_unavailable', /\S/);
const DAY = 86_400;

describe('guessing one account from everywhere', () => {
  let service: TestApp;
  let rows: Repository<KnownDevice>;
  let block = 0;
  let home = '';

  const ask = (from: string, fields: Record<string, string> = {}) =>
    askToken(service.url, fields, { 'x-forwarded-for': from });
  /** Failures, each from a /64 of its own. */
  const attack = async (times: number, username = 'johndoe') => {
    for (let i = 0; i < times; i++) {
      const answer = await ask(`2001:db8:${block}:${i + 1}::1`, { username, password: 'wrong' });
      expect(answer).toMatchObject(INCORRECT);
    }
  };

  beforeAll(async () => {
    service = await startApp({ limited: true, env: { TRUST_PROXY: '1' } });
    rows = service.app.get(getRepositoryToken(KnownDevice));
  });
  beforeEach(async () => {
    block += 1;
    home = `198.51.100.${block}`;
    await rows.clear();
    service.clock.forward({ seconds: 1800 }); // what the test before counted is past
  });
  afterAll(() => service.close());

  it('stops after 50 failures for devices that the user does not use, whatever the password', async () => {
    await attack(50);
    expect(await ask('203.0.113.1', { password: 'wrong' })).toMatchObject(TOO_MANY);
    expect(await ask('203.0.113.2')).toMatchObject(TOO_MANY);
    expect((await ask('203.0.113.2', { username: 'alice', password: 'secret2' })).status).toBe(200);
  });

  it('is stopped for a name that is nobody’s with the very same answer', async () => {
    await attack(50);
    await attack(50, 'nobody');
    const ofUser = await ask('203.0.113.1');
    const ofNobody = await ask('203.0.113.1', { username: 'nobody' });
    expect(ofNobody.body).toEqual(ofUser.body);
    expect([...ofNobody.headers.keys()]).toEqual([...ofUser.headers.keys()]);
  });

  it('does not lock out a browser that the user is signed in with, wherever it is', async () => {
    const away = { 'x-forwarded-for': '203.0.113.9' };
    const [known, stranger] = [new Visitor(service.url), new Visitor(service.url)];
    await known.signIn('johndoe', 'secret');
    await rows.clear(); // it is the browser that counts, and not where the password was typed
    await attack(50);
    const again = async (visitor: Visitor) => {
      const { csrf = '' } = formOf((await visitor.get('sign-in')).text).hidden;
      return visitor.post('sign-in', { csrf, username: 'johndoe', password: 'secret' }, away);
    };
    expect((await again(stranger)).status).toBe(429);
    expect((await again(known)).status).toBe(303);
  });

  it('does not lock out a device that the user already uses', async () => {
    expect((await ask(home)).status).toBe(200);
    await attack(50);
    expect(await ask('203.0.113.1')).toMatchObject(TOO_MANY);
    for (let i = 0; i < 12; i++) expect((await ask(home)).status).toBe(200);
  });

  it('at the user’s own address, under other names, does not lock it out either', async () => {
    expect((await ask(home)).status).toBe(200);
    for (let i = 0; i < 100; i++) await ask(home, { username: `user-${i}`, password: 'wrong' });
    expect(await ask(home, { username: 'alice', password: 'secret2' })).toMatchObject(TOO_MANY);
    expect((await ask(home)).status).toBe(200);
  });

  it('from such a device has the device’s own limit of 10', async () => {
    expect((await ask(home)).status).toBe(200);
    await attack(50);
    for (let i = 0; i < 10; i++)
      expect(await ask(home, { password: 'no' })).toMatchObject(INCORRECT);
    expect(await ask(home)).toMatchObject(TOO_MANY);
  });

  it('counts no failure of such a device for the others', async () => {
    for (let i = 0; i < 6; i++) {
      const from = `192.0.2.${i}`;
      expect((await ask(from)).status).toBe(200);
      for (let n = 0; n < 10; n++) await ask(from, { password: 'wrong' });
    }
    expect((await ask('203.0.113.3')).status).toBe(200);
  });

  it.each([
    ['an IPv6 address', '2001:db8:ffff:1::1', 'its /64', '2001:db8:ffff:1:2:3:4:5'],
    ['an IPv4 address', '192.0.2.77', 'the same mapped into IPv6', '::ffff:192.0.2.77'],
  ])('takes %s and %s for the same device', async (_one, first, _other, second) => {
    expect((await ask(first)).status).toBe(200);
    await attack(50);
    expect((await ask(second)).status).toBe(200);
    expect(await ask('2001:db8:ffff:2::1')).toMatchObject(TOO_MANY);
  });

  it('takes the next /64 and another account for other devices', async () => {
    expect((await ask('2001:db8:ffff:1::1')).status).toBe(200);
    await attack(50);
    await attack(50, 'alice');
    expect(await ask('2001:db8:ffff:2::1')).toMatchObject(TOO_MANY);
    const alice = { username: 'alice', password: 'secret2' };
    expect(await ask('2001:db8:ffff:1::1', alice)).toMatchObject(TOO_MANY);
  });

  it('knows a device for 30 days after its last sign-in', async () => {
    await ask(home);
    service.clock.forward({ seconds: 29 * DAY });
    await ask(home);
    service.clock.forward({ seconds: 29 * DAY });
    await attack(50);
    expect((await ask(home)).status).toBe(200);
    service.clock.forward({ seconds: 31 * DAY });
    await attack(50);
    expect(await ask(home)).toMatchObject(TOO_MANY);
  });

  it('makes no device known by a wrong password, nor by a disabled user’s', async () => {
    await ask(home, { password: 'wrong' });
    await ask(home, { username: 'bob', password: 'secret3' });
    await ask(home, { username: 'nobody', password: 'secret' });
    expect(await rows.count()).toBe(0);
  });

  it('writes a device down once a day, as a digest', async () => {
    const only = async () => (await rows.find())[0];
    await ask(home);
    const first = await only();
    expect(first?.digest).toMatch(/^[\w-]{43}$/);
    expect(first?.userId).toBe(service.people.johndoe.id);
    service.clock.forward({ seconds: DAY / 2 });
    await ask(home);
    expect(await only()).toEqual(first);
    service.clock.forward({ seconds: DAY / 2 + 1 });
    await ask(home);
    expect(await rows.count()).toBe(1);
    expect((await only())?.expiresAt).toBeGreaterThan((first?.expiresAt ?? 0) + DAY);
  });

  it('writes it down once when ten sign in at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(home)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(10).fill(200));
    expect(await rows.count()).toBe(1);
  });

  it('forgets a device with its account', async () => {
    await ask(home, { username: 'alice', password: 'secret2' });
    await ask(home);
    const users: Repository<User> = service.app.get(getRepositoryToken(User));
    await users.delete({ id: service.people.alice.id });
    expect((await rows.find()).map(({ userId }) => userId)).toEqual([service.people.johndoe.id]);
  });
});
