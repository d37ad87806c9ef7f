/** A part of a sentence: words of ours, or what is put in. */
interface Piece {
  readonly text: string;
  readonly isValue: boolean;
}

export type Phrase = readonly Piece[];

/**
 * A sentence with its values, which stay apart from its words until the template has escaped each.
 *
 * @param values by the name that stands for them in the text, in braces
 */
export function phrase(text: string, values: Readonly<Record<string, string>>): Phrase {
  return text
    .split(/\{(\w+)\}/)
    .map((part, index) => piece(part, index % 2 === 1, values))
    .filter((one) => one.text !== '');
}

/** Where there is no markup, as in a title. */
export function plainText(words: Phrase): string {
  return words.map(({ text }) => text).join('');
}

/**
 * For eta: the phrase of that name in `data`. A value is isolated, so that one that is read from right
 * to left does not turn the sentence around it.
 */
export function phraseTemplate(name: string): string {
  return `<% for (const piece of it.${name}) { if (piece.isValue) { %><bdi><%= piece.text %></bdi><% } else { %><%= piece.text %><% } } %>`;
}

function piece(part: string, isValue: boolean, values: Readonly<Record<string, string>>): Piece {
  if (!isValue) return { text: part, isValue };
  const text = values[part];
  if (text === undefined) throw new Error(`nothing is there for {${part}}`);
  return { text, isValue };
}
