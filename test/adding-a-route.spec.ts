import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changed, changesOf } from './support/page-changes.js';
import { play } from './support/stage.js';
import { type Edit, Template } from './support/template.js';
import { commandsOf, patternOf, scenesOf, serverStartedBy } from './support/transcript.js';

const PAGE = readFileSync('docs/adding-a-route.md', 'utf8');
const COMMANDS = commandsOf(PAGE).filter((command) => serverStartedBy(command) === undefined);

/** What the page's last table says is forgotten or wrong, with the words that tell. */
const TOLD = new Map(
  [...PAGE.matchAll(/^\| (.+?) +\| .+? +\| `(.+)` +\|$/gm)].map(
    ([, what = '', words = '']) => [what, words] as const,
  ),
);

const LIST = 'src/data-source.ts';
const MIGRATION = 'src/platform/database/migrations/1800000000001-create-notes.ts';
const CONTROLLER = 'src/notes/notes.controller.ts';

/** How each of them is made. */
const MISTAKES: Readonly<Record<string, Edit>> = {
  '`@Authorize` on a handler': [CONTROLLER, "  @Authorize('notes:write')\n", ''],
  '`NotesModule` in `app.module.ts`': ['src/app.module.ts', '        NotesModule,\n', ''],
  'the entity in `data-source.ts`': [LIST, './notes/note.entity.js', './notes/other.js'],
  'the migration in `data-source.ts`': [LIST, '1-create-notes.js', '1-other.js'],
  'the section in `document.ts`': ['src/openapi/document.ts', "'Notes'", "'Other'"],
  'a column that entity and migration know differently': [MIGRATION, "'500'", "'50'"],
  '`import type` of the class of a body': [
    CONTROLLER,
    'import { NewNoteDto, NoteDto, NotePageDto }',
    "import type { NewNoteDto } from './note.dto.js';\nimport { NoteDto, NotePageDto }",
  ],
  'the scope in `scopes.ts`': ['src/auth/scopes.ts', "'notes:write':", "'other:write':"],
};

/** What tells of them; together go those that do not hide each other. */
const ROUNDS: ReadonlyArray<readonly [command: string, mistakes: readonly string[]]> = [
  ['npx vitest run test/notes', ['`@Authorize` on a handler']],
  ['npx vitest run test/notes', ['`NotesModule` in `app.module.ts`']],
  [
    'npx vitest run test/architecture',
    ['the entity in `data-source.ts`', 'the migration in `data-source.ts`'],
  ],
  [
    'npx vitest run test/notes test/openapi.spec.ts test/platform/database/migrations',
    [
      'the section in `document.ts`',
      'a column that entity and migration know differently',
      '`import type` of the class of a body',
    ],
  ],
  ['npm run build', ['the scope in `scopes.ts`']], // the last: it compiles what is wrong
];

/** Whoever types the page into this clone itself has no use for a copy with the same in it. */
const isTypedHere = existsSync('src/notes');

describe.skipIf(isTypedHere)('docs/adding-a-route.md, typed into a copy of the repository', () => {
  const timeout = 180_000;
  const typed = new Map<string, string>();
  let template: Template;

  beforeAll(async () => {
    template = await Template.create();
    for (const change of changesOf(PAGE)) typed.set(change.path, await template.type(change));
  });
  afterAll(() => template.remove());

  it.each(COMMANDS)('passes %s', { timeout }, async (command) => {
    const { code, stdout, stderr } = await template.run(command);
    expect(code, stdout + stderr).toBe(0);
  });

  it('is written as the formatter has it', async () => {
    expect(COMMANDS).toContain('npm run format');
    for (const [path, text] of typed) expect(await template.read(path), path).toBe(text);
  });

  it('answers on npm run demo what the page shows', { timeout }, async () => {
    const played = await play(scenesOf(PAGE), template.folder);
    expect(played.length).toBeGreaterThan(8);
    for (const { command, expected, printed } of played) {
      expect(printed, command).toMatch(patternOf(expected));
    }
  });

  it.each(ROUNDS)(
    '%s says in the words of the page: %j',
    { timeout },
    async (command, mistakes) => {
      const edits = mistakes.flatMap((what) => [MISTAKES[what] as Edit]);
      const { code, stdout, stderr } = await template.runWith(edits, command);
      expect(code).toBeGreaterThan(0);
      for (const what of mistakes) expect(stdout + stderr, what).toContain(TOLD.get(what));
    },
  );

  it('and there is no other mistake on the page', () => {
    const made = ROUNDS.flatMap(([, mistakes]) => mistakes);
    expect(made.toSorted()).toEqual([...TOLD.keys()].toSorted());
    expect(made.toSorted()).toEqual(Object.keys(MISTAKES).toSorted());
  });
});

describe('a page that has rotted would not pass:', () => {
  const source = 'one\ntwo\nthree\ntwo\n';
  const page = (above: string, language: string, text: string) =>
    `${above}\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;
  const typed = (markdown: string, before?: string) =>
    changesOf(markdown).map((change) => changed(before, change));

  it.each([
    ['a block of no file', page('Now this:', 'ts', 'one'), undefined, /^line 3: no file is named/],
    ['a new file that is there', page('`a.ts`:', 'ts', 'one'), source, /^line 3: a.ts is there/],
    ['a change of no file', page('`a.ts`:', 'diff', '+one'), undefined, /^line 3: a.ts is not/],
    ['a line that has gone', page('`a.ts`:', 'diff', ' four\n+x'), source, /0 times/],
    ['a part of a line', page('`a.ts`:', 'diff', ' wo\n+x'), source, /0 times/],
    ['a line that is there twice', page('`a.ts`:', 'diff', ' two\n+x'), source, /2 times/],
    ['a change of no line', page('`a.ts`:', 'diff', '+x'), source, /not once/],
  ])('%s', (_what, markdown, before, fault) => {
    expect(() => typed(markdown, before)).toThrow(fault);
  });

  it('and what fits is typed', () => {
    expect(typed(page('`a.ts` (new):', 'ts', 'one'))).toEqual(['one\n']);
    const diff = ' three\n+3½\n@@\n-one\n+1\n two';
    expect(typed(page('[`a.ts`](../a.ts):', 'diff', diff), source)).toEqual([
      '1\ntwo\nthree\n3½\ntwo\n',
    ]);
  });
});
