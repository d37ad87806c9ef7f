/** A word of one or two letters is in too much to say anything. */
const SHORTEST = 3;
/** Longer is no name any more, and the expressions below get slow. */
const LONGEST = 256;

/**
 * Whether a text is a word with little about it: in other letters of the same kind, with digits or
 * signs before and after it, without its spaces, or more than once.
 */
export function isWrittenAs(word: string, text: string): boolean {
  if (text.length > LONGEST) return false;
  const [plainWord, plainText] = [plain(word), plain(text)];
  if (plainWord !== '' && plainText === plainWord) return true;
  const letters = core(plainWord);
  return [...letters].length >= SHORTEST && once(core(plainText)) === once(letters);
}

function plain(text: string): string {
  return withoutInvisible(text.normalize('NFKC')).toLowerCase().replaceAll(/\s/gu, '');
}

/** Without what shows as nothing, and so makes no other word of one. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '');
}

/** Without what is no letter at both ends. */
function core(text: string): string {
  return text.replace(/^\P{L}+/u, '').replace(/\P{L}+$/u, '');
}

function once(text: string): string {
  return /^(.+?)\1+$/su.exec(text)?.[1] ?? text;
}
