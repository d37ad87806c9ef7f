import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/platform/mail/message.js';
import { renderHtml, renderText } from '../../../src/platform/mail/render.js';
import { LINK, MESSAGE } from '../../support/mail.js';

const HOST = 'id.example.com';

/** What a browser would show of it, and where its links lead. */
function read(html: string): { text: string; links: string[] } {
  const links = [...html.matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => unescaped(href));
  const [, body = ''] = /<body[^>]*>(.*)<\/body>/s.exec(html) ?? [];
  return { text: unescaped(body.replaceAll(/<[^>]*>/g, '')), links };
}

function unescaped(text: string): string {
  const signs: Record<string, string> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replaceAll(/&(lt|gt|quot|#39|amp);/g, (_all, name: string) => signs[name] ?? '');
}

describe('the text of a mail', () => {
  it('reads from top to bottom, the address alone on its line', () => {
    expect(renderText(MESSAGE, HOST)).toBe(`Hallpass

Hello johndoe,

somebody asked for a new password for your account.

Choose a password:

${LINK}

If it was not you, there is nothing to do.

--${' '}
Sent by Hallpass at id.example.com.
`);
  });

  it('has lines of 72 characters, unless one word is longer', () => {
    const long = `${'word '.repeat(40)}${'x'.repeat(100)} ${'word '.repeat(3)}`;
    const lines = renderText({ ...MESSAGE, paragraphs: [long] }, HOST).split('\n');
    expect(lines.filter((line) => line.length > 72)).toEqual(['x'.repeat(100), LINK]);
    expect(lines.join(' ')).toContain(`${'word '.repeat(40)}${'x'.repeat(100)} word word word`);
  });

  it('needs neither an action nor a closing', () => {
    const text = renderText({ to: 'a@b.example', subject: 'News', paragraphs: ['One.'] }, HOST);
    expect(text).toBe('Hallpass\n\nOne.\n\n-- \nSent by Hallpass at id.example.com.\n');
  });
});

describe('the HTML of a mail', () => {
  it('says the same, in a language and for the dark', () => {
    const html = renderHtml(MESSAGE, HOST);
    const { text, links } = read(html);
    for (const part of [...MESSAGE.paragraphs, ...(MESSAGE.closing ?? []), 'Choose a password']) {
      expect(text).toContain(part);
    }
    expect(text).toContain(LINK);
    expect(links).toEqual([LINK, LINK]);
    expect(html).toContain('<html lang="en">');
    expect(html).toContain('prefers-color-scheme: dark');
  });

  it('loads nothing from anywhere', () => {
    expect(renderHtml(MESSAGE, HOST)).not.toMatch(/ src=|url\(|<link|<script|@import/);
  });

  it('needs neither an action nor a closing', () => {
    const html = renderHtml({ to: 'a@b.example', subject: 'News', paragraphs: ['One.'] }, HOST);
    expect(read(html).links).toEqual([]);
  });
});

describe('what people call themselves', () => {
  it.each([
    ['<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    [`"quoted" & 'so' &amp; on`, `"quoted" & 'so' &amp; on`],
    ['<%= it.host %>', '<%= it.host %>'],
    ['Jöhn Dœ 名', 'Jöhn Dœ 名'],
    ['a\r\nBcc: b', 'a Bcc: b'],
    ['a\u2028b\u0000\u001b[2Jc', 'a b [2Jc'],
    ['\u202egnp.exe\u2066\u200f', 'gnp.exe'],
  ])('stays text: %j', (name, shown) => {
    const all: Message = {
      ...MESSAGE,
      subject: name,
      paragraphs: [name],
      action: { label: name, url: LINK },
      closing: [name],
    };
    const plain = read(renderHtml({ ...all, subject: '', paragraphs: [], closing: [] }, HOST));
    const { text, links } = read(renderHtml(all, HOST));
    expect(text.split(shown)).toHaveLength(4);
    expect(links).toEqual(plain.links);
    expect(renderText(all, HOST).split(`\n${shown}`)).toHaveLength(4);
    expect(renderText(all, HOST)).toContain(`\n${LINK}\n`);
  });

  it('adds no element', () => {
    const tags = (name: string) =>
      renderHtml({ ...MESSAGE, subject: name, paragraphs: [name] }, HOST).match(/<[/\w]+/g);
    expect(tags('"><script>x</script><a href="y">')).toEqual(tags('johndoe'));
  });
});
