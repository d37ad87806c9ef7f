// RESULTS.md: prose that is written by hand, and parts between two comments that a command writes.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { figure } from './statistics.mjs';

const PAGE = fileURLToPath(new URL('RESULTS.md', import.meta.url));

/** @param parts by their names; those that are not named stay as they are */
export function writeResults(parts) {
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, text] of Object.entries(parts)) {
    page = replacePart(page, name, text);
    console.log(`\n${text}`);
  }
  writeFileSync(PAGE, page);
}

/** @throws {Error} when the page has no such part */
export function replacePart(page, name, text) {
  const [opening, closing] = [`<!-- ${name} -->\n`, `<!-- end of ${name} -->`];
  const start = page.indexOf(opening);
  const end = page.indexOf(closing, start);
  if (start === -1 || end === -1) throw new Error(`RESULTS.md has no part "${name}"`);
  return `${page.slice(0, start)}${opening}\n${text.trim()}\n\n${page.slice(end)}`;
}

/** A Markdown table; a column with a number in it is set to the right. */
export function table(header, rows) {
  const rules = header.map((_title, column) =>
    rows.some((row) => /^[<≈+-]?\d/.test(row[column] ?? '')) ? '---:' : '---',
  );
  return [header, rules, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/**
 * One row of a table of targets.
 *
 * @param measured undefined where it could not be measured, and `why` not
 * @param target `{ atLeast, aim, unit, digits }` or `{ atMost, unit, digits }`
 */
export function targetRow(what, measured, target, why = '') {
  const { atLeast, atMost, unit } = target;
  const limit = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
  const aim = target.aim === undefined ? '' : `, aim ${target.aim}${unit}`;
  const wanted = `${limit}${unit}${aim}`;
  if (measured === undefined) return [what, wanted, '–', `not measured: ${why}`];
  return [what, wanted, `${figure(measured, target.digits)}${unit}`, verdict(measured, target)];
}

export const TARGET_HEADER = ['', 'target', 'measured', ''];

export function verdict(measured, target) {
  const { atLeast, atMost, aim, unit, digits } = target;
  const missed = atLeast === undefined ? measured - atMost : atLeast - measured;
  if (missed > 0) return `**missed by ${figure(missed, digits)}${unit}**`;
  if (aim === undefined) return 'met';
  if (measured >= aim) return 'met, and so is the aim';
  return `met; the aim is missed by ${figure(aim - measured, digits)}${unit}`;
}
