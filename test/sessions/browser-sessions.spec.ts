import { createHash } from 'node:crypto';
import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Audit } from '../../src/platform/audit/audit.js';
import { newId } from '../../src/platform/ids.js';
import { BrowserSession } from '../../src/sessions/browser-session.entity.js';
import { BrowserSessions } from '../../src/sessions/browser-sessions.js';
import { IncorrectPassword } from '../../src/protocol/errors.js';
import { Passwords } from '../../src/users/passwords.js';
import type { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, sendJson } from '../support/http.js';
import { PASSWORD, somebody } from '../support/people.js';
import { purgeOf } from '../support/purge.js';
import { deedsAbout, openSession, sessionIdOf } from '../support/refresh.js';
import { AT_ONCE, RACE_ROUNDS, runRounds, timeFor } from '../races/support/rounds.js';

const ORIGIN = { ip: '203.0.113.7', userAgent: 'node', requestId: newId() };
const DAY = 86_400;

describe('BrowserSessions', () => {
  let service: TestApp;
  let browsers: BrowserSessions;
  let rows: Repository<BrowserSession>;
  let users: UsersService;
  let user: User;
  let stranger: User;

  const open = (of: Pick<User, 'id' | 'authEpoch'> = user, replacing?: string) =>
    browsers.open({ user: of, origin: ORIGIN, replacing });
  const isAlive = async (text: string) => (await browsers.find(text)) !== null;
  const livingOf = async (texts: readonly string[]) => {
    const alive = await Promise.all(texts.map(isAlive));
    return texts.filter((_text, index) => alive[index]);
  };
  const by = () => ({ actor: `user:${user.id}`, origin: ORIGIN }) as const;
  const forward = (seconds: number) => service.clock.forward({ seconds });

  async function found(text: string): Promise<BrowserSession> {
    const session = await browsers.find(text);
    if (!session) throw new Error('no living browser session');
    return session;
  }

  beforeAll(async () => {
    service = await startApp();
    service.clock.stop();
    browsers = service.app.get(BrowserSessions);
    rows = service.app.get(getRepositoryToken(BrowserSession));
    users = service.app.get(UsersService);
  });
  beforeEach(async () => {
    [user, stranger] = [await somebody(service), await somebody(service)];
  });
  afterAll(() => service.close());

  it('finds who is signed in, and since when', async () => {
    const text = await open();
    const session = await found(text);
    expect(session.user.id).toBe(user.id);
    expect(session.signedInAt).toBe(service.clock.milliseconds());
  });

  it('gives 256 random bits, and keeps only their SHA-256', async () => {
    const [text, other] = [await open(), await open()];
    expect(text).toMatch(/^hp_bs_[\w-]{43}$/);
    expect(other).not.toBe(text);
    const stored = await rows.findBy({ userId: user.id });
    expect(JSON.stringify(stored)).not.toContain(text.slice(6));
    const hash = createHash('sha256').update(text).digest('hex');
    expect(stored.map(({ tokenHash }) => tokenHash)).toContain(hash);
  });

  it('asks no database of what can be no cookie of ours', async () => {
    const text = await open();
    const find = vi.spyOn(rows, 'query');
    const garbage = ['', 'x', text.slice(1), `${text}A`, `${text}\n`, `hp_bs_${'ü'.repeat(43)}`];
    for (const other of [undefined, ...garbage, text.toUpperCase(), `hp_rt_${text.slice(6)}`]) {
      expect(await browsers.find(other)).toBeNull();
    }
    expect(find).not.toHaveBeenCalled();
    expect(await browsers.find(`hp_bs_${'A'.repeat(43)}`)).toBeNull();
    expect(find).toHaveBeenCalledOnce(); // of the spy: it does see a question
    find.mockRestore();
  });

  describe('lives', () => {
    it('a day without a use, and not a second longer', async () => {
      const [used, unused] = [await open(), await open()];
      forward(DAY - 1);
      expect(await isAlive(used)).toBe(true);
      forward(1);
      expect(await livingOf([used, unused])).toEqual([used]);
      forward(DAY - 2);
      expect(await isAlive(used)).toBe(true);
    });

    it('30 days at most, however often it is used', async () => {
      const text = await open();
      for (let day = 1; day <= 30; day += 1) {
        forward(DAY - 1);
        expect(await isAlive(text)).toBe(true);
      }
      forward(29);
      expect(await isAlive(text)).toBe(true); // a second before
      forward(1);
      expect(await isAlive(text)).toBe(false);
    });

    it('no longer than a setting that was lowered since', async () => {
      const text = await open();
      const lowered = new BrowserSessions(
        rows,
        service.clock,
        { ...service.settings, BROWSER_SESSION_MAX_AGE_SECONDS: 600 },
        service.app.get(Audit),
      );
      forward(599);
      expect(await lowered.find(text)).not.toBeNull();
      forward(1);
      expect(await lowered.find(text)).toBeNull();
    });

    it('with its last use written once a minute, however many ask at once', async () => {
      const text = await open();
      const lastUse = async () => {
        const [row] = await rows.findBy({ userId: user.id });
        return row?.lastUsedAt;
      };
      const opened = service.clock.now();
      const update = vi.spyOn(rows, 'update');
      forward(59);
      await found(text);
      expect(update).not.toHaveBeenCalled();
      expect(await lastUse()).toBe(opened);
      forward(1);
      await Promise.all(Array.from({ length: 5 }, () => found(text)));
      expect(await lastUse()).toBe(opened + 60);
      const written = await Promise.all(
        update.mock.results.map(({ value }) => value as Promise<{ affected?: number }>),
      );
      expect(written.filter(({ affected }) => affected === 1)).toHaveLength(1);
      update.mockRestore();
    });
  });

  describe('ends', () => {
    it('when the password changes, the account is disabled, or an operator ends all', async () => {
      const ends: readonly ((user: User) => Promise<unknown>)[] = [
        ({ id }) => service.app.get(Passwords).set(id, 'another garden'),
        ({ id }) => users.change({ id }, { disabled: true }),
        ({ id }) => users.endSessions(id),
        () => users.endAllSessions(),
        ({ id, authEpoch }) => users.delete({ id, authEpoch }),
      ];
      for (const end of ends) {
        const person = await somebody(service);
        const text = await open(person);
        expect(await isAlive(text)).toBe(true);
        await end(person);
        expect(await isAlive(text), end.toString()).toBe(false);
      }
    });

    it('and enabling the account revives none', async () => {
      const text = await open();
      await users.change({ id: user.id }, { disabled: true });
      await users.change({ id: user.id }, { disabled: false });
      expect(await isAlive(text)).toBe(false);
    });

    it('at a sign-out, in that browser alone, and says so once', async () => {
      const [text, other] = [await open(), await open()];
      const session = await found(text);
      expect(await browsers.end(session, by())).toBe(true);
      expect(await browsers.end(session, by())).toBe(false);
      expect(await livingOf([text, other])).toEqual([other]);
      expect(await deedsAbout(service, user)).toMatchObject([
        {
          event: 'signed_out',
          actor: `user:${user.id}`,
          subject: `user:${user.id}`,
          reason: null,
          ip: ORIGIN.ip,
        },
      ]);
    });

    it('when the browser signs in anew: what its cookie held is never continued', async () => {
      const planted = await open(stranger);
      expect(await isAlive(planted)).toBe(true);
      const text = await open(user, planted);
      expect(text).not.toBe(planted);
      expect(await isAlive(planted)).toBe(false);
      expect((await found(text)).user.id).toBe(user.id);
      const again = await open(user, text);
      expect(await livingOf([text, again])).toEqual([again]);
    });

    it('whatever else the cookie held, a sign-in goes on and ends nobody’s', async () => {
      const other = await open();
      for (const junk of ['', 'x', `hp_bs_${'A'.repeat(43)}`, '\0']) {
        expect(await isAlive(await open(user, junk))).toBe(true);
      }
      expect(await isAlive(other)).toBe(true);
    });

    it('in every browser when somebody signs out everywhere else, and says so', async () => {
      const pair = await openSession(service, { username: user.username, password: PASSWORD });
      const [text, second] = [await open(), await open()];
      const strangers = await open(stranger);
      const url = `${service.url}/users/me/sessions`;
      const end = () => call(url, { method: 'DELETE', headers: bearer(pair.access) });
      expect((await end()).status).toBe(204);
      expect(await livingOf([text, second, strangers])).toEqual([strangers]);
      expect((await end()).status).toBe(204);
      const deeds = await deedsAbout(service, user);
      expect(deeds).toMatchObject([{ event: 'signed_out', reason: 'every_browser' }]);
    });

    it('but not when one session of an application does', async () => {
      const pair = await openSession(service, { username: user.username, password: PASSWORD });
      const text = await open();
      const url = `${service.url}/users/me/sessions/${sessionIdOf(pair)}`;
      expect((await call(url, { method: 'DELETE', headers: bearer(pair.access) })).status).toBe(
        204,
      );
      expect(await isAlive(text)).toBe(true);
    });

    it('of somebody else at nobody’s hands: both the row and the user count', async () => {
      const text = await open();
      const { tokenHash } = await found(text);
      const { id } = stranger;
      expect(await browsers.end({ tokenHash, userId: id }, by())).toBe(false);
      await browsers.endAllOf(id, by());
      expect(await isAlive(text)).toBe(true);
    });

    it('as the oldest of more than 100', { timeout: 60_000 }, async () => {
      const texts: string[] = [];
      for (let i = 0; i < 102; i += 1) {
        texts.push(await open());
        forward(1);
      }
      expect(await livingOf(texts)).toEqual(texts.slice(2));
      const deeds = await deedsAbout(service, user);
      expect(deeds.map(({ event, reason, actor }) => [event, reason, actor])).toEqual([
        ['signed_out', 'too_many_sessions', 'system'],
        ['signed_out', 'too_many_sessions', 'system'],
      ]);
    });
  });

  it('goes in a purge when it has expired, not a second before', async () => {
    await rows.clear();
    const text = await open();
    forward(DAY - 1);
    expect((await purgeOf(service).run()).browserSessions).toBe(0);
    expect(await rows.countBy({ userId: user.id })).toBe(1);
    forward(1);
    expect((await purgeOf(service).run()).browserSessions).toBe(1);
    expect(await isAlive(text)).toBe(false);
  });

  it('cannot open for who has left', async () => {
    await users.delete(user);
    await expect(open()).rejects.toThrow(IncorrectPassword);
  });

  it('does not open for good when the password changes beside it: the epoch read before counts', async () => {
    const { access } = await openSession(service, {
      username: user.username,
      password: PASSWORD,
    });
    const passwords = { current_password: PASSWORD, new_password: 'another garden' };
    const [changed, ...texts] = await Promise.all([
      sendJson(`${service.url}/users/me/password`, 'POST', passwords, access),
      ...Array.from({ length: 5 }, () => open()),
    ]);
    expect(changed.status).toBe(204);
    expect(await livingOf([...texts, await open()])).toEqual([]);
    expect(await isAlive(await open({ ...user, authEpoch: user.authEpoch + 1 }))).toBe(true);
  });

  it(
    'stays ended when it is used beside the sign-out',
    { timeout: timeFor(RACE_ROUNDS) },
    async () => {
      await runRounds(RACE_ROUNDS, async (number) => {
        const text = await open();
        const session = await found(text);
        forward(60); // so that each use would write
        const uses = Array.from({ length: AT_ONCE - 1 }, () => () => isAlive(text));
        const end = () =>
          number % 2 === 0 ? browsers.end(session, by()) : browsers.endAllOf(user.id, by());
        const all = [...uses.slice(0, 9), end, ...uses.slice(9)];
        await Promise.all(all.map((act) => act()));
        expect(await isAlive(text)).toBe(false);
        expect(await rows.countBy({ userId: user.id })).toBe(0);
      });
    },
  );

  it('keeps 100 when many open at once', { timeout: 60_000 }, async () => {
    for (let i = 0; i < 95; i += 1) await open();
    const before = service.clock.milliseconds();
    forward(1);
    const texts = await Promise.all(Array.from({ length: AT_ONCE }, () => open()));
    expect(service.clock.milliseconds()).toBeGreaterThan(before);
    expect(await livingOf(texts)).toEqual(texts);
    expect(await rows.countBy({ userId: user.id })).toBe(100);
  });
});
