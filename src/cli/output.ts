/** What an attacker might hide in a name to steer the operator's terminal. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** One line of text with nothing in it that a terminal obeys. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\u{FFFD}');
}

/** JSON for people and programs; JSON.stringify leaves some characters raw that a terminal obeys. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2);
  return json.replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

/** Columns as wide as their longest cell, two spaces apart. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce((before, row) => columnsOf(row, before), [] as readonly number[]);
  return rows.map((row) => line(row, widths)).join('\n');
}

/** How wide the columns are that hold this row, too. */
export function columnsOf(
  row: readonly string[],
  before: readonly number[] = [],
): readonly number[] {
  return row.map((cell, column) => Math.max(before[column] ?? 0, width(printable(cell))));
}

/** A row of a table with columns of these widths. */
export function line(row: readonly string[], widths: readonly number[]): string {
  return row
    .map(printable)
    .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))
    .join('  ')
    .trimEnd();
}

/** In the cells of a terminal: an East Asian character takes two, a combining mark none. */
function width(text: string): number {
  const wide = text.match(WIDE)?.length ?? 0;
  const none = text.match(/\p{M}/gu)?.length ?? 0;
  return [...text].length + wide - none;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/gu;

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');
}
