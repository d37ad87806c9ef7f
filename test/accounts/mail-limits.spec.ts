import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { sendJson, signIn } from '../support/http.js';
import { mailsTo } from '../support/mails.js';
import { PASSWORD, somebody } from '../support/people.js';

describe('what strangers can have mailed', () => {
  let service: TestApp;

  const reset = (username_or_email: string) =>
    sendJson(`${service.url}/password-reset`, 'POST', { username_or_email });

  beforeAll(async () => {
    service = await startApp({ limited: true, env: { REGISTRATION: 'open' } });
  });
  afterAll(() => service.close());

  it('is five links an hour to one mailbox, in silence', async () => {
    const { username, email } = await somebody(service);
    for (const text of Array.from({ length: 8 }, (_, n) =>
      n % 2 ? username : (email as string),
    )) {
      expect(await reset(text)).toMatchObject({ status: 202, text: '' });
    }
    expect(await mailsTo(service, email as string)).toHaveLength(5);
    service.clock.forward({ seconds: 3600 + 10 });
    await reset(username);
    expect(await mailsTo(service, email as string)).toHaveLength(6);
  });

  it('leaves the owner of an address the way back in, whoever signs up with it', async () => {
    const { email } = await somebody(service);
    for (let n = 0; n < 6; n++) {
      const body = { username: `squatter-${n}`, password: PASSWORD, email };
      await sendJson(`${service.url}/signup`, 'POST', body);
    }
    await reset(email as string);
    const subjects = (await mailsTo(service, email as string)).map(({ subject }) => subject);
    expect(subjects).toEqual([
      ...Array<string>(5).fill('You have an account already'),
      'Set a new password',
    ]);
  });

  it('counts spellings of a domain that a mail server takes for one', async () => {
    const spellings = [
      'fold@example.com',
      'fold@ⓔxample.com',
      'fold@ℯxample.com',
      'Fold@EXAMPLE.com',
    ];
    for (let n = 0; n < 8; n++) {
      const body = { username: `folder-${n}`, password: PASSWORD, email: spellings[n % 4] };
      expect((await sendJson(`${service.url}/signup`, 'POST', body)).status).toBe(201);
    }
    const mails = await Promise.all(spellings.map((email) => mailsTo(service, email)));
    expect(mails.flat()).toHaveLength(5);
  });

  it('is five links an hour by one account, to whomever', async () => {
    const { username, email: own } = await somebody(service);
    const token = await signIn(service.url, username, PASSWORD);
    const addresses = Array.from({ length: 8 }, (_, n) => `stranger-${n}@example.org`);
    for (const email of addresses) {
      expect((await sendJson(`${service.url}/users/me`, 'PATCH', { email }, token)).status).toBe(
        200,
      );
    }
    const mails = await Promise.all(addresses.map((address) => mailsTo(service, address)));
    expect(mails.flat()).toHaveLength(5);
    expect(await mailsTo(service, own as string)).toHaveLength(5); // as many words of warning
  });

  it('is a hundred resets in a quarter of an hour from one address: 429, known or not', async () => {
    const statuses = new Map<number, number>();
    for (let n = 0; n < 110; n++) {
      const { status, headers } = await reset(`nobody-${n}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if (status === 429) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect(statuses.get(202)).toBeLessThanOrEqual(100);
    expect(statuses.get(429)).toBeGreaterThanOrEqual(10);
  });

  it('is a hundred accounts an hour from one address', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 102; n++) {
      const body = { username: `made-${n}`, password: PASSWORD };
      statuses.push((await sendJson(`${service.url}/signup`, 'POST', body)).status);
    }
    const before = 6 + 8; // the sign-ups above
    expect(statuses.filter((status) => status === 201)).toHaveLength(100 - before);
    expect(statuses.slice(100)).toEqual([429, 429]);
  });
});
