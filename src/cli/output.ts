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
  const cells = rows.map((row) => row.map(printable));
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => width(row[column] ?? ''))),
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join('  ');
  return cells.map((row) => line(row).trimEnd()).join('\n');
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
