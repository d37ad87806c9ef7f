import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { relativeLinks } from './support/markdown.js';

const FOLDER = 'docs/adr';
const RECORDS = readdirSync(FOLDER)
  .filter((name) => /^\d{4}-/.test(name))
  .toSorted();

describe('the decisions', () => {
  it('are listed, each once and in their order', () => {
    const links = relativeLinks(readFileSync(join(FOLDER, 'README.md'), 'utf8'));
    expect(links.map(({ path }) => path)).toEqual(RECORDS);
  });

  it.each(RECORDS)('have one form: %s', (name) => {
    const record = readFileSync(join(FOLDER, name), 'utf8');
    expect(record).toMatch(new RegExp(`^# ${name.slice(0, 4)}: `));
    const sections = [...record.matchAll(/^## (.*)$/gm)].map(([, title]) => title);
    expect(sections).toEqual(['Context', 'Decision', 'Rejected', 'Consequences']);
  });
});
