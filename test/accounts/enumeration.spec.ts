import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, postForm, sendJson, signIn } from '../support/http.js';
import { PASSWORD, somebody } from '../support/people.js';

const TRIES = 300;
/** How far apart the medians may be: the larger of the two. */
const RATIO = 0.02;
const MILLISECONDS = 3;

type Try = () => Promise<Answer>;

/**
 * What a stranger sees must not tell who has an account. The limits are lifted here: they would end
 * each row of tries at the tenth, for every kind of it alike.
 */
describe('whether somebody has an account', () => {
  let service: TestApp;
  let known: string;
  let wrong: Record<string, string>;

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open', LOG_LEVEL: 'silent' } });
    const verified = await somebody(service);
    const unverified = await somebody(service, { emailVerified: false });
    const disabled = await somebody(service, { disabled: true });
    known = verified.email as string;
    wrong = {
      unknown: 'nobody-at-all',
      known: verified.username,
      unverified: unverified.username,
      disabled: disabled.username,
    };
  });
  afterAll(() => service.close());

  it('is not told by a sign-in that fails', async () => {
    const names = Object.entries(wrong);
    const tries = names.map(([kind, username]): [string, Try] => [
      kind,
      () => postForm(`${service.url}/token`, { username, password: 'wrong' }),
    ]);
    await expectAlike(Object.fromEntries(tries), 401);
  });

  it('is not told by a sign-in of somebody disabled, with the right password', async () => {
    const { disabled = '', unknown = '' } = wrong;
    const as = (username: string): Try => {
      return () => postForm(`${service.url}/token`, { username, password: PASSWORD });
    };
    await expectAlike({ disabled: as(disabled), unknown: as(unknown) }, 401);
  });

  it('is not told by a reset', async () => {
    const texts = { ...wrong, address: known, 'unknown address': 'nobody@example.com' };
    const tries = Object.entries(texts).map(([kind, username_or_email]): [string, Try] => [
      kind,
      () => sendJson(`${service.url}/password-reset`, 'POST', { username_or_email }),
    ]);
    await expectAlike(Object.fromEntries(tries), 202);
  });

  it('is not told of an address by a sign-up', async () => {
    let made = 0;
    const withAddress = (email: () => string): Try => {
      return () => {
        const body = { username: `stranger-${(made += 1)}`, password: PASSWORD, email: email() };
        return sendJson(`${service.url}/signup`, 'POST', body);
      };
    };
    const tries = {
      known: withAddress(() => known),
      unknown: withAddress(() => `stranger-${made}@example.org`),
    };
    await expectAlike(tries, 201);
  });

  it('is not told of an address by taking it for one’s own', async () => {
    const me = await somebody(service);
    const token = await signIn(service.url, me.username, PASSWORD);
    const withAddress = (email: string): Try => {
      return () => sendJson(`${service.url}/users/me`, 'PATCH', { email }, token);
    };
    await expectAlike({ known: withAddress(known), unknown: withAddress('x@example.org') }, 200);
  });
});

/** Takes turns, so that whatever else this machine does meets every kind alike. */
async function expectAlike(tries: Record<string, Try>, status: number): Promise<void> {
  const kinds = Object.entries(tries);
  const times = new Map(kinds.map(([kind]) => [kind, [] as number[]]));
  const answers = new Set<string>();
  for (let n = 0; n < TRIES; n++) {
    for (const [kind, attempt] of kinds) {
      const start = performance.now();
      const answer = await attempt();
      times.get(kind)?.push(performance.now() - start);
      expect(answer.status, kind).toBe(status);
      answers.add(shapeOf(answer));
    }
  }
  expect(answers.size, [...answers].join('\n')).toBe(1);
  const medians = [...times.values()].map(median);
  const [fastest, slowest] = [Math.min(...medians), Math.max(...medians)];
  const said = JSON.stringify(Object.fromEntries(kinds.map(([kind], n) => [kind, medians[n]])));
  expect(slowest - fastest, said).toBeLessThan(Math.max(MILLISECONDS, fastest * RATIO));
}

/** All of an answer but what is different in each: ids, times, the request's number and what was sent itself. */
function shapeOf({ headers, text }: Answer): string {
  const named = [...headers]
    .filter(([name]) => !['date', 'x-request-id'].includes(name))
    .map(([name, value]) => `${name}: ${name === 'content-length' ? '…' : value}`);
  const body = text.replaceAll(
    /"(id|username|email|pending_email|created_at)":("[^"]*"|null)/g,
    '"$1":…',
  );
  return [...named.toSorted(), '', body].join('\n');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
