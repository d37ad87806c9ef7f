import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../../src/platform/mail/outbox.js';
import { LINK, mailerTo, MESSAGE, watchLog } from '../../support/mail.js';

let parent: string;
let folder: string;
let log: () => string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'hallpass-outbox-'));
  folder = join(parent, 'data', 'outbox');
  log = watchLog();
});
afterEach(() => rm(parent, { recursive: true }));

const send = (message = MESSAGE) => mailerTo(new Outbox('development', folder)).send(message);
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('the outbox', () => {
  it('holds a file for each mail, in their order, for the owner alone', async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => `Mail ${index}`);
    for (const subject of numbers) await send({ ...MESSAGE, subject });
    const names = (await readdir(folder)).toSorted();
    const sources = await Promise.all(names.map((name) => readFile(join(folder, name))));
    const mails = await Promise.all(sources.map((source) => PostalMime.parse(source)));
    expect(mails.map(({ subject }) => subject)).toEqual(numbers);
    for (const name of names) expect(name).toMatch(/^[0-9a-f-]{36}\.eml$/);
    expect(await mode(folder)).toBe('700');
    expect(await mode(join(folder, names[0] ?? ''))).toBe('600');
  });

  it('shows the whole link on one line, and all that a mail program needs', async () => {
    await send({ ...MESSAGE, paragraphs: ['Hello Jöhn,'] });
    const [name = ''] = await readdir(folder);
    const source = await readFile(join(folder, name), 'utf8');
    expect(source.split('\n')).toContain(LINK);
    const mail = await PostalMime.parse(source);
    expect(mail).toMatchObject({ to: [{ address: MESSAGE.to }], subject: MESSAGE.subject });
    expect(mail.text).toContain('Hello Jöhn,');
    expect(mail.html).toContain('Hello Jöhn,');
  });

  it('is where the log says, which says nothing else about the mail', async () => {
    await send();
    const [name = ''] = await readdir(folder);
    expect(log()).toContain(join(folder, name));
    expect(log()).not.toMatch(/johndoe|example\.com|password|hp_pr_/);
  });

  it('says which file could not be written, and why', async () => {
    await writeFile(join(parent, 'data'), 'in the way');
    await expect(send()).rejects.toMatchObject({
      name: 'MailNotSent',
      reason: expect.stringMatching(/outbox.*\.eml cannot be written \(ENOTDIR\)$/),
      isTemporary: false,
    });
  });

  it('is worth a warning at the start in production, and only there', () => {
    new Outbox('development', folder).onModuleInit();
    expect(log()).toBe('');
    new Outbox('production', folder).onModuleInit();
    expect(log()).toMatch(/"level":40.*SMTP_URL is not set: mails are written to .*outbox/);
  });
});
