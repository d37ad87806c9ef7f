import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Background } from '../../../src/platform/background.js';
import type { Mail } from '../../../src/platform/mail/mail.js';
import { Post } from '../../../src/platform/mail/post.js';
import { Smtp } from '../../../src/platform/mail/smtp.js';
import { MailNotSent, MailTransport } from '../../../src/platform/mail/transport.js';
import { KeptMail, mailerTo, MESSAGE, watchLog } from '../../support/mail.js';
import { type MailServer, startMailServer } from '../../support/smtp.js';

/** Does not wait between the tries. */
class HastyPost extends Post {
  protected override readonly pausesMs = [0, 0];
}

/** Fails as long as it is told to. */
class Failing extends MailTransport {
  readonly tried: Mail[] = [];

  constructor(private readonly failures: readonly Error[]) {
    super();
  }

  async send(mail: Mail): Promise<void> {
    const failure = this.failures[this.tried.push(mail) - 1];
    if (failure) throw failure;
  }
}

const TEMPORARY = new MailNotSent('it is busy', true);
const PRIVATE = /johndoe|example|Set a new|hp_pr_/;

let log: () => string;
beforeEach(() => {
  log = watchLog();
});

const postTo = (transport: MailTransport, Kind: typeof Post = HastyPost) => {
  const background = new Background();
  return { background, post: new Kind(background, mailerTo(transport), transport) };
};

describe('the post', () => {
  it('sends a message, and one that has to be looked up first', async () => {
    const kept = new KeptMail();
    const { post, background } = postTo(kept);
    post.later(MESSAGE);
    post.later(async () => ({ ...MESSAGE, to: 'alice@example.com' }));
    post.later(async () => null);
    expect(kept.mails).toEqual([]);
    await background.settled();
    expect(kept.mails.map(({ to }) => to)).toEqual(['johndoe@example.com', 'alice@example.com']);
    expect(log()).toBe('');
  });

  it('survives a look-up that throws, and quotes nothing of it', async () => {
    const { post, background } = postTo(new KeptMail());
    post.later(() => Promise.reject(new TypeError('johndoe')));
    await background.settled();
    expect(log()).toContain('A mail failed: TypeError');
    expect(log()).not.toMatch(PRIVATE);
  });

  it('does not send to what is no address', async () => {
    const kept = new KeptMail();
    const { post, background } = postTo(kept);
    post.later({ ...MESSAGE, to: 'johndoe' });
    await background.settled();
    expect(kept.mails).toEqual([]);
    expect(log()).toContain('A mail could not be sent: its recipient is no address');
    expect(log()).not.toMatch(PRIVATE);
  });

  it('tries three times, always the same mail, then gives up', async () => {
    const failing = new Failing([TEMPORARY, TEMPORARY, TEMPORARY, TEMPORARY]);
    const { post, background } = postTo(failing);
    post.later(MESSAGE);
    await background.settled();
    expect(failing.tried).toHaveLength(3);
    expect(new Set(failing.tried.map(({ messageId }) => messageId)).size).toBe(1);
    expect(log().match(/will be tried again: it is busy/g)).toHaveLength(2);
    expect(log().match(/could not be sent: it is busy/g)).toHaveLength(1);
  });

  it('tries once more on a stop, at once, and does not wait for what comes after', async () => {
    const failing = new Failing([TEMPORARY, TEMPORARY, TEMPORARY, TEMPORARY]);
    const { post, background } = postTo(failing, Post);
    post.later(MESSAGE);
    while (failing.tried.length === 0) await new Promise(setImmediate);
    const before = performance.now();
    background.beforeApplicationShutdown();
    post.later(MESSAGE); // of a request that is still in flight
    await background.end();
    expect(performance.now() - before).toBeLessThan(900);
    expect(failing.tried).toHaveLength(3);
    expect(log().match(/could not be sent/g)).toHaveLength(2);
  });
});

describe('the post to a mail server', () => {
  let server: MailServer;
  let smtp: Smtp;
  beforeEach(async () => {
    server = await startMailServer();
    smtp = new Smtp(server.at, 'id.example.com');
  });
  afterEach(async () => {
    smtp.onApplicationShutdown();
    await server.close();
  });

  it('that is busy sends again after a second', async () => {
    server.answers.push(451);
    const { post, background } = postTo(smtp, Post);
    const before = performance.now();
    post.later(MESSAGE);
    await background.settled();
    expect(server.received).toHaveLength(1);
    expect(performance.now() - before).toBeGreaterThan(990);
    expect(log()).toMatch(/will be tried again: .*451/);
    expect(log()).not.toMatch(PRIVATE);
  });

  it('that refuses a mail does not send it again', async () => {
    server.answers.push(550);
    const { post, background } = postTo(smtp);
    post.later(MESSAGE);
    await background.settled();
    expect(server.received).toEqual([]);
    expect(log()).toContain(
      'A mail could not be sent: the mail server refuses the mail (EMESSAGE 550)',
    );
    expect(log()).not.toContain('tried again');
    expect(log()).not.toMatch(PRIVATE);
  });

  it('sends many at once over a few connections', async () => {
    const { post, background } = postTo(smtp);
    const warnings: Error[] = [];
    const watch = (warning: Error) => warnings.push(warning);
    process.on('warning', watch);
    for (let i = 0; i < 60; i += 1) post.later({ ...MESSAGE, to: `user${i}@example.com` });
    await background.settled();
    process.off('warning', watch);
    const to = server.received.flatMap((mail) => mail.to);
    expect(new Set(to).size).toBe(60);
    expect(to).toHaveLength(60);
    expect(warnings).toEqual([]);
  });
});
