/** Where a link of a page leads, when it leads to a file of this repository. */
export interface Link {
  readonly line: number;
  /** relative path as written, without the anchor; empty for the page itself */
  readonly path: string;
  /** undefined when the link names none */
  readonly anchor: string | undefined;
}

const INLINE = /\]\(\s*<?([^\s)>]+)>?(?:\s+["'(][^)]*)?\)/g;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/g;
const HTML = /\s(?:href|src)="([^"]+)"/g;
const SCHEME = /^([a-z][a-z+.-]*:|\/\/)/i;

/** Links, images and reference definitions; what is shown as code is none. */
export function relativeLinks(markdown: string): Link[] {
  return withoutCode(markdown).flatMap((text, n) =>
    [INLINE, REFERENCE, HTML]
      .flatMap((form) => [...text.matchAll(form)].map(([, target = '']) => target))
      .filter((target) => !SCHEME.test(target))
      .map((target) => {
        const [path = '', anchor] = target.split('#', 2).map(decodeURIComponent);
        return { line: n + 1, path, anchor };
      }),
  );
}

/** The names that the headings of a page get on GitHub, repeated ones with a number. */
export function anchorsOf(markdown: string): Set<string> {
  const anchors = new Set<string>();
  for (const text of headings(markdown)) {
    const slug = slugOf(text);
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  return anchors;
}

function headings(markdown: string): string[] {
  return withoutFences(markdown).flatMap(
    (line) => /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1] ?? [],
  );
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1') // a link counts by its words
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-');
}

function withoutCode(markdown: string): string[] {
  return withoutFences(markdown).map((line) => line.replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/g, ''));
}

/** The lines, those of code blocks emptied so that the others keep their number. */
function withoutFences(markdown: string): string[] {
  let fence: string | undefined;
  return markdown.split('\n').map((line) => {
    const mark = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    const inside = fence !== undefined;
    if (mark && !inside) fence = mark;
    else if (mark && fence && mark.startsWith(fence)) fence = undefined;
    return inside || mark ? '' : line;
  });
}
