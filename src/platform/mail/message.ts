/** What one person is told, in words; how it looks is the layout's affair. */
export interface Message {
  readonly to: string;
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** the one thing to do */
  readonly action?: { readonly label: string; readonly url: string };
  /** the paragraphs after the action */
  readonly closing?: readonly string[];
}

/**
 * One line of plain text. What people call themselves comes into mails, so control characters are
 * taken out, and those that turn the direction in which the rest of a line is read.
 */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\p{Bidi_Control}/gu, '')
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}
