import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readNewPassword, requirePasswordSource } from '../../src/cli/new-password.js';
import { Misused, Refused } from '../../src/cli/refusal.js';

function fakeTerminal({ isTTY }: { isTTY: boolean }) {
  const stdin = Object.assign(new PassThrough(), { isTTY });
  const shown: string[] = [];
  const show = () => new PassThrough().on('data', (chunk: Buffer) => shown.push(chunk.toString()));
  return { stdin, stdout: show(), stderr: show(), shown: () => shown.join('') };
}

describe('the prompt for a new password', () => {
  const ask = (typed: string | Buffer, { end = false } = {}) => {
    const terminal = fakeTerminal({ isTTY: true });
    const password = readNewPassword({}, terminal);
    terminal.stdin.write(typed);
    if (end) terminal.stdin.end();
    return { terminal, password };
  };

  it('asks twice and shows nothing of what is typed', async () => {
    const { terminal, password } = ask('correct horse\rcorrect horse\r');
    expect(await password).toBe('correct horse');
    expect(terminal.shown()).toBe('New password: \nAgain: \n');
  });

  it('keeps spaces and takes back what is rubbed out', async () => {
    expect(await ask('  two  x\x7f\r  two  \r').password).toBe('  two  ');
  });

  it('refuses two that differ', async () => {
    await expect(ask('correct horse\rcorrect house\r').password).rejects.toThrow(
      new Refused('The two passwords differ, so nothing has changed'),
    );
  });

  it.each([
    ['Ctrl-C', 'correct horse\rcorr\x03'],
    ['Ctrl-D', '\x04'],
  ])('changes nothing on %s', async (_key, typed) => {
    await expect(ask(typed).password).rejects.toThrow(Refused);
  });

  it('changes nothing when the terminal goes away', async () => {
    await expect(ask('correct horse\r', { end: true }).password).rejects.toThrow(Refused);
  });
});

describe('--password-stdin', () => {
  const read = (input: string | Buffer) => {
    const terminal = fakeTerminal({ isTTY: false });
    terminal.stdin.end(input);
    return readNewPassword({ passwordStdin: true }, terminal);
  };

  it.each([
    ['pass word', 'pass word'],
    ['pass word\n', 'pass word'],
    ['pass word\r\n', 'pass word'],
    ['  pass word \t\n', '  pass word \t'],
    ['\u{FEFF}p\u00E4ss\n', '\u{FEFF}p\u00E4ss'],
    ['\u{1F600}'.repeat(1024) + '\n', '\u{1F600}'.repeat(1024)],
  ])('removes the newline at the end of %j and nothing else', async (input, password) => {
    expect(await read(input)).toBe(password);
  });

  it.each([
    ['nothing', '', /no password/],
    ['an empty line', '\n', /no password/],
    ['two lines', 'one\ntwo\n', /more than the one line/],
    ['two newlines', 'one\n\n', /more than the one line/],
    ['bytes that are no text', Buffer.from([0x70, 0xff, 0x0a]), /UTF-8/],
    ['far too much', Buffer.alloc(100_000, 0x61), /too long/],
  ])('refuses %s', async (_what, input, reason) => {
    const refusal: unknown = await read(input).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Refused);
    expect((refusal as Refused).message).toMatch(reason);
  });
});

describe('where a password comes from', () => {
  it('is neither guessed without a terminal nor shown on one', () => {
    expect(() => requirePasswordSource({}, fakeTerminal({ isTTY: false }))).toThrow(Misused);
    const shown = () =>
      requirePasswordSource({ passwordStdin: true }, fakeTerminal({ isTTY: true }));
    expect(shown).toThrow(Misused);
    requirePasswordSource({}, fakeTerminal({ isTTY: true }));
    requirePasswordSource({ passwordStdin: true }, fakeTerminal({ isTTY: false }));
  });
});
