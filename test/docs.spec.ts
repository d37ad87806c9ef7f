import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUDIT_EVENTS } from '../src/platform/audit/audit-events.js';
import { anchorsOf, relativeLinks } from './support/markdown.js';
import { allPages } from './support/pages.js';

function brokenLinks(page: string, markdown: string): string[] {
  return relativeLinks(markdown)
    .filter(({ path, anchor }) => !resolves(path === '' ? page : join(page, '..', path), anchor))
    .map(({ line, path, anchor }) => `${page}:${line} ${path}${anchor ? `#${anchor}` : ''}`);
}

function resolves(target: string, anchor: string | undefined): boolean {
  if (!existsSync(target)) return false;
  if (anchor === undefined || !target.endsWith('.md')) return true;
  return anchorsOf(readFileSync(target, 'utf8')).has(anchor);
}

describe('the pages of documentation', () => {
  it.each(allPages())('%s links to what is there', (page) => {
    expect(brokenLinks(page, readFileSync(page, 'utf8'))).toEqual([]);
  });

  it.each([
    ['a file that is not there', '[a page](docs/nowhere.md)'],
    ['an anchor that is not there', '[a page](docs/configuration.md#nowhere)'],
    ['an anchor of its own that is not there', '# Here\n\n[up](#there)'],
    ['an image', '![picture](docs/nowhere.png "its title")'],
    ['a reference', '[a page][it]\n\n[it]: docs/nowhere.md'],
    ['HTML', '<a href="docs/nowhere.md">a page</a>'],
  ])('would not pass with a broken link: %s', (_kind, markdown) => {
    expect(brokenLinks('NEW.md', markdown)).toHaveLength(1);
  });

  it('may link to another page, its headings, a folder and the web, and show a link as code', () => {
    const page = [
      '[settings](docs/configuration.md#auth_secret) [all](docs) <https://example.com>',
      '[web](https://example.com/a.md#b) [mail](mailto:a@example.com) `[code](nowhere.md)`',
      '```md\n[code](nowhere.md)\n```',
    ];
    expect(brokenLinks('NEW.md', page.join('\n'))).toEqual([]);
  });

  it('name every event of the audit log, and none that there is not', () => {
    const page = readFileSync('docs/audit-and-metrics.md', 'utf8');
    const [, table = ''] = page.split(/^\| event .*\n/m);
    const [rows = ''] = table.split('\n\n');
    const cells = rows.split('\n').map((row) => row.split('|')[1] ?? '');
    const named = cells.flatMap((cell) => cell.match(/[a-z_]+(\.[a-z_]+)?/g) ?? []);
    expect(named.toSorted()).toEqual(AUDIT_EVENTS.toSorted());
  });

  it('know the anchors that GitHub makes of headings', () => {
    const page = '# What `npm start` does, and why?\n## A & B\n## A & B\n```sh\n# no heading\n```';
    expect([...anchorsOf(page)]).toEqual(['what-npm-start-does-and-why', 'a--b', 'a--b-1']);
  });
});
