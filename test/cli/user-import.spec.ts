import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { User } from '../../src/users/user.entity.js';
import { movingPlace, type MovingPlace } from '../support/moving.js';
import { askToken, INCORRECT } from '../support/oauth.js';
import { hallpass, hasTerminal, start, startOnTerminal, startServer } from './processes.js';

vi.setConfig({ testTimeout: 60_000 });

const HASH = hashSync('her old password', 4);
const ARGON2 =
  '$argon2id$v=19$m=64,t=1,p=1$MWNiMDU3MGEwZTVlYTM1NA$7bFstjD4alzKAXnN5FKj5GU/9YcvRpmTAFG1cIO4jMs';
const HEADER = 'username,email,full_name,disabled,hashed_password';

describe('npm run hallpass -- user import', () => {
  let place: MovingPlace;

  beforeEach(async () => {
    place = await movingPlace();
  });
  afterEach(() => place.remove());

  async function importing(name: string, content: string | Buffer, ...args: string[]) {
    await writeFile(join(place.cwd, name), content);
    return hallpass(['user', 'import', name, ...args], place);
  }
  const csv = (...lines: string[]) => importing('users.csv', `${lines.join('\n')}\n`);
  const names = async () => (await place.users()).map(({ username }) => username);

  it('makes an account of each line, whatever the order of the columns', async () => {
    const done = await csv(
      'hashed_password,role,full_name,username,email',
      `${HASH},admin,"Carol ""CD"" Danvers, Dr.",Carol,Carol@Example.com`,
      `"${ARGON2}",user,,dave@example.com,dave@example.com`,
      `${HASH},,Élodie,élodie,`,
    );
    expect(done).toEqual({ code: 0, stdout: '3 imported, 0 refused\n', stderr: '' });
    const [carol, dave, elodie] = await place.users();
    expect(carol).toMatchObject({
      username: 'Carol',
      usernameKey: 'carol',
      email: 'Carol@Example.com',
      verifiedEmailKey: 'carol@example.com',
      fullName: 'Carol "CD" Danvers, Dr.',
      role: 'admin',
      disabled: false,
      passwordHash: HASH,
      authEpoch: 0,
    });
    expect(dave).toMatchObject({ role: 'user', fullName: null, passwordHash: ARGON2 });
    expect(elodie).toMatchObject({ username: 'élodie', email: null, verifiedEmailKey: null });
    expect(new Set([carol?.id, dave?.id, elodie?.id]).size).toBe(3);
    expect(Math.abs(Number(carol?.createdAt) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('reads what Excel writes: a byte order mark, CRLF, no line end at the last line', async () => {
    const content = `\u{feff}username,hashed_password\r\ncarol,${HASH}\r\n"dave","${HASH}"`;
    expect((await importing('users.csv', content)).stdout).toMatch(/^2 imported, 0 refused\n/);
    expect(await names()).toEqual(['carol', 'dave']);
  });

  it('reads a JSON object a line, also from standard input', async () => {
    const lines = [
      { username: 'carol', hashed_password: HASH, disabled: true, email: null },
      { username: 'dave', hashed_password: ARGON2, disabled: 0, full_name: 'Two\u2028lines?' },
      { username: 'erin', hashed_password: HASH, disabled: false, full_name: 'Erin' },
    ];
    const input = lines.map((line) => JSON.stringify(line)).join('\n\n');
    const done = await hallpass(['user', 'import', '-', '--format', 'jsonl'], { ...place, input });
    expect(done.stdout).toMatch(/^2 imported, 1 refused\n/);
    expect(done.stderr).toContain('line 3: full_name must be one line');
    expect((await place.users()).map(({ disabled }) => disabled)).toEqual([true, false]);
  });

  it('lets people sign in with what they had, and a server that runs need not be told', async () => {
    const server = await startServer(place);
    await csv(HEADER, `carol,,,no,${HASH}`, `dave,,,yes,${HASH}`);
    const password = 'her old password';
    expect((await askToken(server.url, { username: 'Carol', password })).status).toBe(200);
    expect(await askToken(server.url, { username: 'dave', password })).toMatchObject(INCORRECT);
    const carol = (await place.users()).find(({ username }) => username === 'carol');
    expect(carol?.passwordHash).toMatch(/^\$bcrypt-sha256\$v=2/);
    await server.stop();
  });

  it('refuses what is no good line by line, says all that is wrong, and takes the rest', async () => {
    const done = await csv(
      HEADER,
      `carol,,,,${HASH}`,
      `two words,nowhere,,perhaps,${HASH}`,
      `dave,dave@,,,${HASH}`,
      `erin,,,,hunter2`,
      `frank@example.com,,,,${HASH}`,
      `grace,,,,${HASH},more`,
      `,,,,${HASH}`,
      `heidi,,,,${HASH.slice(0, -1)}`,
      `ivan,,,,"${ARGON2.replace('m=64', 'm=4194304')}"`,
      `judy,,${'x'.repeat(201)},,${HASH}`,
      `mallory,,,,${HASH}`,
    );
    expect(done).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^2 imported, 9 refused\n/) as string,
    });
    expect(done.stderr.trimEnd().split('\n')).toEqual([
      'line 3: disabled must be true or false',
      'line 4: email must be an e-mail address',
      expect.stringMatching(
        /^line 5: hashed_password is of an unknown kind; known are .*\$argon2id\$/,
      ),
      "line 6: username may hold an @ only if it is the account's e-mail",
      'line 7: has 6 fields, and the first line 5; one that holds a comma needs quotation marks',
      'line 8: username must be 1 to 64 characters',
      'line 9: hashed_password is cut off or broken',
      'line 10: hashed_password needs 4096 MiB of memory, where 128 can be',
      'line 11: full_name must be 1 to 200 characters',
      'Some lines were refused; mend them and import them again',
    ]);
    expect(await names()).toEqual(['carol', 'mallory']);
  });

  it('never repeats a hash, or what stands in its place', async () => {
    const done = await csv(
      HEADER,
      `carol,,,,hunter2`,
      `dave,"x,,,${HASH}`,
      `erin,,,,${HASH},hunter2`,
    );
    expect(done.code).toBe(1);
    expect(done.stdout + done.stderr).not.toMatch(/hunter2|\$2b\$04/);
  });

  it('numbers the lines as an editor does, and a stray quotation mark swallows nothing', async () => {
    const done = await csv(
      HEADER,
      '',
      `carol,,"one`, // 3
      `two, ""three""",,${HASH}`,
      `bob,,,,${ARGON2}`,
      `dave,,"Dave,,${HASH}`, // 6
      `erin,,,,${HASH}`,
      `frank,,Fr"ank,,${HASH}`, // 8
      `grace,,"Gr"ace,,${HASH}`,
      `heidi,,,,${HASH}`, // 10
      `"ivan,,,,${HASH}`,
    );
    expect(done.stderr.split('\n').slice(0, 6)).toEqual([
      'line 3: full_name must be one line without control characters',
      'line 5: has 7 fields, and the first line 5; one that holds a comma needs quotation marks',
      'line 6: has a quotation mark that no other closes',
      'line 8: has a quotation mark in a field that is not in quotation marks',
      'line 9: has a quotation mark in a field that is not in quotation marks',
      'line 11: has a quotation mark that no other closes',
    ]);
    expect(await names()).toEqual(['erin', 'heidi']);
  });

  it('takes a line that is endless, no text or no object for what it is', async () => {
    const lines = [
      Buffer.from(`{"username":"carol","hashed_password":"${HASH}"}`),
      Buffer.alloc(300_000, 'x'),
      Buffer.from([0x7b, 0xff, 0x7d]),
      Buffer.from('["dave"]'),
      Buffer.from('{"username":"erin"'),
      Buffer.from(`{"username":"frank","hashed_password":"${HASH}","id":7}`),
      Buffer.from(`{"username":{"a":1},"hashed_password":["b"]}`),
      Buffer.from(`{"username":"grace"}`),
      Buffer.from(`{"username":"ivan","hashed_password":"${HASH}","disabled":"constructor"}`),
      Buffer.from(`{"username":"heidi","hashed_password":"${HASH}"}`),
    ];
    const content = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
    const done = await importing('users.jsonl', content);
    expect(done.stderr.split('\n').slice(0, 8)).toEqual([
      'line 2: is longer than 64 KiB',
      'line 3: is not UTF-8',
      'line 4: is no JSON object',
      'line 5: is no JSON object',
      'line 6: has the unknown field "id"',
      'line 7: username must be a text; hashed_password must be a text',
      'line 8: hashed_password is missing',
      'line 9: disabled must be true or false',
    ]);
    expect(await names()).toEqual(['carol', 'heidi']);
  });

  it.each([
    ['no header', `alice,${HASH},admin\nbob,${HASH},user\n`, 'The first line names no column'],
    ['no header, and passwords', 'alice,walled garden\nbob,kitchen\n', 'names no column'],
    ['CR alone', `username,hashed_password\ralice,${HASH}\rbob,${HASH}\r`, 'end in CR alone'],
    ['a hash for a column', `username,hashed_password,${HASH}\n`, 'Unknown columns: one with a $'],
  ])('refuses a file with %s, and repeats nothing of it', async (_what, text, why) => {
    const done = await importing('users.csv', text);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(why);
    expect(done.stderr).not.toMatch(/alice|garden|kitchen|\$2b/);
    expect(done.stderr).not.toContain(HASH.slice(0, 12));
    expect(await names()).toEqual([]);
  });

  it.each([
    [
      'an unknown column',
      'username,hashed_password,password',
      'Unknown columns: "password". Known are username, email,',
    ],
    ['an id', 'id,username,hashed_password', 'Unknown columns: "id"'],
    ['semicolons', 'username;hashed_password', 'Unknown columns: "username;hashed_password"'],
    [
      'what steers a terminal',
      'username,hashed_password,\u001b[2J',
      'Unknown columns: "\ufffd[2J"',
    ],
    ['no hashes', 'username,email', 'Missing columns: hashed_password'],
    ['a column twice', 'username,hashed_password,username', 'The column username is there twice'],
    ['nothing', '', 'The file is empty'],
  ])('refuses a file with %s before anything is written', async (_what, header, why) => {
    const done = await importing('users.csv', header && `${header}\ncarol,${HASH},x\n`);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain(why);
    expect(await names()).toEqual([]);
    expect(await place.audit('users.imported')).toEqual([]);
  });

  it('refuses a JSON file with unknown fields in its first object, too', async () => {
    const done = await importing(
      'users.jsonl',
      '{"username":"a","hashed_password":"","isAdmin":1}\n',
    );
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('Unknown columns: "isAdmin"');
  });

  it('says when there is no such file, no folder for the report, or no way to tell the format', async () => {
    const nothing = await hallpass(['user', 'import', 'nowhere.csv'], place);
    expect(nothing).toMatchObject({
      code: 1,
      stderr: 'Cannot open nowhere.csv: there is no such file or folder\n',
    });
    const report = await importing('users.csv', `${HEADER}\n`, '--report', 'none/refused.txt');
    expect(report).toMatchObject({
      code: 1,
      stderr: 'Cannot open none/refused.txt: there is no such file or folder\n',
    });
    const unknown = await hallpass(['user', 'import', '-'], place);
    expect(unknown).toMatchObject({
      code: 2,
      stderr: 'Say what the file is: --format csv, or --format jsonl\n',
    });
  });

  it('changes nobody who is there, and of two in the file takes the first', async () => {
    await csv(HEADER, `carol,carol@example.com,Carol,,${HASH}`);
    const before = await place.users();
    const done = await csv(
      HEADER,
      `CAROL,other@example.com,Mallory,yes,"${ARGON2}"`,
      `dave,Carol@EXAMPLE.com,,,${HASH}`,
      `erin,erin@example.com,,,${HASH}`,
      `Erin,erin2@example.com,,,"${ARGON2}"`,
      `frank,ERIN@example.com,,,${HASH}`,
      `grace,other@example.com,,,${HASH}`,
    );
    expect(done.stderr.split('\n').slice(0, 4)).toEqual([
      'line 2: username is taken',
      'line 3: email is the verified address of another account',
      'line 5: username is taken',
      'line 6: email is the verified address of another account',
    ]);
    expect(done.stdout).toMatch(/^2 imported, 4 refused\n/);
    const after = await place.users();
    expect(after.map(({ username }) => username)).toEqual(['carol', 'erin', 'grace']);
    expect(after[0]).toEqual(before[0]);
  });

  it('lets several have an address that none of them has verified', async () => {
    const line = (name: string, verified: string) => `${name},a@example.com,${verified},${HASH}`;
    const header = 'username,email,email_verified,hashed_password';
    const done = await csv(header, line('carol', 'false'), line('dave', 'f'), line('erin', ''));
    expect(done.stdout).toMatch(/^3 imported, 0 refused\n/);
    const keys = (await place.users()).map(({ verifiedEmailKey }) => verifiedEmailKey);
    expect(keys).toEqual([null, null, 'a@example.com']);
  });

  it('knows the ways to write that somebody is disabled', async () => {
    const yes = ['true', 'True', 't', '1', 'yes', 'YES'];
    const no = ['false', 'False', 'f', '0', 'no', ''];
    await csv(HEADER, ...[...yes, ...no].map((word, n) => `user${n + 10},,,${word},${HASH}`));
    const disabled = (await place.users()).map((user) => user.disabled);
    expect(disabled).toEqual([...yes.map(() => true), ...no.map(() => false)]);
  });

  it('takes people without a password, whom nothing lets in until they set one', async () => {
    const done = await csv(
      HEADER,
      'carol,carol@example.com,,,',
      `dave,,,,!Django's`,
      `erin,,,,${HASH}`,
    );
    expect(done.stdout).toMatch(
      /^3 imported, 0 refused\n2 of the imported have no password, and set one by mail\n/,
    );
    expect((await place.users()).map(({ passwordHash }) => passwordHash)).toEqual(['!', '!', HASH]);
  });

  it('says when nobody could administer the service', async () => {
    const hint =
      'There is no administrator yet: npm run hallpass -- user create admin --role admin';
    expect((await csv(HEADER, `carol,,,,${HASH}`)).stdout).toContain(hint);
    const header = 'username,role,hashed_password';
    expect((await csv(header, `dave,root,${HASH}`)).stderr).toContain('role must be user or admin');
    expect((await csv(header, 'erin,admin,')).stdout).toContain(hint); // who may never choose a password
    expect((await csv(header, `dave,admin,${HASH}`)).stdout).not.toContain(hint);
  });

  it('--dry-run says what would happen, writes nothing, and is right', async () => {
    await csv(HEADER, `carol,carol@example.com,,,${HASH}`);
    const lines = [
      HEADER,
      `Carol,a@example.com,,,${HASH}`,
      `dave,a@example.com,,,${HASH}`, // free, as line 2 is refused
      `DAVE,b@example.com,,,${HASH}`,
      `erin,carol@example.com,,,${HASH}`,
      `frank,A@example.com,,,${HASH}`,
      `grace,b@example.com,,maybe,${HASH}`,
      `grace,b@example.com,,,`,
    ];
    const content = `${lines.join('\n')}\n`;
    const rehearsed = await importing('users.csv', content, '--dry-run');
    expect(await names()).toEqual(['carol']);
    expect(await place.audit('users.imported')).toHaveLength(1);
    const done = await importing('users.csv', content);
    expect(rehearsed.code).toBe(1);
    expect(rehearsed.stderr).toBe(done.stderr);
    expect(rehearsed.stdout).toMatch(/^2 would be imported, 5 would be refused\n/);
    expect(done.stdout).toMatch(/^2 imported, 5 refused\n/);
    expect(await names()).toEqual(['carol', 'dave', 'grace']);
  });

  it('shows twenty refused lines, and keeps them all in a file of its owner', async () => {
    const lines = Array.from({ length: 1300 }, (_, n) => `u${n},,,,${n % 2 ? HASH : 'nothing'}`);
    const content = [HEADER, ...lines].join('\n');
    const done = await importing('users.csv', content, '--report', 'refused.txt');
    expect(done.stdout).toMatch(/^650 imported, 650 refused\n/);
    const shown = done.stderr.trimEnd().split('\n');
    expect(shown).toHaveLength(22);
    expect(shown[20]).toBe('… and 630 more; the report has them all');
    const kept = (await readFile(join(place.cwd, 'refused.txt'), 'utf8')).trimEnd().split('\n');
    expect(kept).toHaveLength(650);
    expect(kept.slice(0, 20)).toEqual(shown.slice(0, 20));
    expect(kept.at(-1)).toMatch(/^line 1300: hashed_password is of an unknown kind/);
    expect((await stat(join(place.cwd, 'refused.txt'))).mode & 0o777).toBe(0o600);
    const again = await importing('users.csv', content, '--report', 'refused.txt');
    expect(again.stderr).toBe('Cannot open refused.txt: it is there already\n');
    const without = await importing('users.csv', content);
    expect(without.stderr).toContain('… and 1280 more; --report <file> keeps them all');
  });

  it('writes one row into the audit log for each run, with its counts', async () => {
    await csv(HEADER, `carol,,,,${HASH}`, 'dave,,,,nothing');
    await csv(HEADER, `carol,,,,${HASH}`);
    const rows = await place.audit('users.imported');
    expect(rows.map(({ actor, subject, reason }) => ({ actor, subject, reason }))).toEqual([
      { actor: 'operator', subject: 'everyone', reason: 'imported=1 refused=1' },
      { actor: 'operator', subject: 'everyone', reason: 'imported=0 refused=1' },
    ]);
  });

  const LINES = Array.from({ length: 1800 }, (_, n) => `u${n},,,,${HASH}`);
  const CONTENT = [HEADER, ...LINES].join('\n');
  const count = () => place.rows.getRepository(User).count();

  it.each([
    ['Ctrl-C', 'SIGINT', 1],
    ['a polite kill', 'SIGTERM', 1],
    ['a kill', 'SIGKILL', null],
  ] as const)(
    'keeps what was in before %s, and goes on when run again',
    async (_what, signal, code) => {
      const child = start('cli', ['user', 'import', '-', '--format', 'csv'], place);
      child.process.stdin.write([HEADER, ...LINES.slice(0, 1200), ''].join('\n')); // and no end
      await vi.waitUntil(async () => (await count()) === 1000, { timeout: 30_000 });
      child.process.kill(signal);
      const ended = await child.ended;
      expect(ended.code).toBe(code);
      if (code !== null) {
        expect(ended.stdout).toMatch(/^1000 imported, 0 refused\n/);
        expect(ended.stderr).toContain('Interrupted after line 1001. Run it again');
        const [row] = await place.audit('users.imported');
        expect(row?.reason).toBe('imported=1000 refused=0 interrupted');
      }
      const again = await importing('users.csv', CONTENT);
      expect(again.stdout).toMatch(/^800 imported, 1000 refused\n/);
      expect(await count()).toBe(1800);
    },
  );

  it('keeps what was in before the database failed, and writes down how many', async () => {
    const child = start('cli', ['user', 'import', '-', '--format', 'csv'], place);
    child.process.stdin.write([HEADER, ...LINES.slice(0, 1200), ''].join('\n'));
    await vi.waitUntil(async () => (await count()) === 1000, { timeout: 30_000 });
    await place.rows.query('ALTER TABLE users RENAME TO gone');
    child.process.stdin.end();
    expect(await child.ended).toMatchObject({ code: 1, stdout: '' });
    const [row] = await place.audit('users.imported');
    expect(row?.reason).toBe('imported=1000 refused=0 failed');
  });

  it('keeps no server from answering meanwhile', async () => {
    const server = await startServer(place);
    await csv(HEADER, `carol,,,,${HASH}`);
    const lines = Array.from({ length: 20_000 }, (_, n) => `u${n},u${n}@example.com,,,${HASH}`);
    const run = { ended: false };
    const done = importing('many.csv', [HEADER, ...lines].join('\n')).finally(
      () => (run.ended = true),
    );
    const statuses: number[] = [];
    while (!run.ended) {
      const answer = await askToken(server.url, {
        username: 'carol',
        password: 'her old password',
      });
      statuses.push(answer.status);
    }
    expect((await done).stdout).toMatch(/^20000 imported, 0 refused\n/);
    expect(statuses.length).toBeGreaterThan(3);
    expect(new Set(statuses)).toEqual(new Set([200]));
    await server.stop();
  });

  it.runIf(hasTerminal)('shows on a terminal how far it is, and nowhere else', async () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `u${n},,,,${HASH}`);
    await writeFile(join(place.cwd, 'users.csv'), [HEADER, ...lines].join('\n'));
    const shown = await startOnTerminal('cli', ['user', 'import', 'users.csv'], place).ended;
    expect(shown.stdout).toMatch(/\[=* *\] \d+ % {2}[\d,]+ accounts, [\d,]+\/s/);
    expect(shown.stdout).toContain('2000 imported, 0 refused');
    const piped = await hallpass(['user', 'import', 'users.csv'], place);
    expect(piped.stderr).not.toContain('%');
  });
});
