import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allPages } from './support/pages.js';
import { play } from './support/stage.js';
import { commandsOf, patternOf, scenesOf, serverStartedBy } from './support/transcript.js';

/** Commands that a page shows without what they print, and who runs them: a file, and words in it. */
const RUN_ELSEWHERE: Readonly<Record<string, readonly [file: string, words: string]>> = {
  'npm ci': ['.ci/run', 'npm ci'],
  'npm ci && npm test': ['.ci/run', 'npm test --'],
  'npm ci && npm run build': ['Dockerfile', 'RUN npm run build'], // .ci/container runs its steps
  'pg_dump --format=custom --file=hallpass.dump "$DATABASE_URL"': [
    'test/operations.spec.ts',
    'pg_(dump|restore)',
  ],
  'pg_restore --clean --if-exists --no-owner --dbname="$DATABASE_URL" hallpass.dump': [
    'test/operations.spec.ts',
    'pg_(dump|restore)',
  ],
  'npm run migration:run': ['test/platform/database/migrations.spec.ts', 'runMigrations()'],
  'python3 export_users.py > users.csv': [
    'test/migrating-from-fastapi.spec.ts',
    'python3 export_users.py > users.csv',
  ],
  'CLIENT_ID=<client_id> node examples/spa/server.mjs 5173': [
    'test/support/spa.ts',
    'examples/spa/server.mjs',
  ],
  'npm run start:prod': ['test/container.spec.ts', 'start:prod'],
};

/** What no test can type, and why. */
const NOT_TYPED: ReadonlyArray<readonly [commands: RegExp, why: string]> = [
  [/^docker /, 'needs an engine: where there is none, .ci/container does the steps of the build'],
  [/^cp \.env\.example /, 'a copy to fill in; what is in it is checked'],
  [/^npm run bench\b/, 'measures for twenty minutes'],
  [
    /^sudo (?!systemctl \w+ hallpass$)/,
    'needs root; test/operations.spec.ts reads the files that it installs',
  ],
];

const SCRIPTS = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;
/** Pages that are played from top to bottom. */
const PLAYED = [
  'README.md',
  'docs/tutorial.md',
  'docs/tokens.md',
  'docs/signing-in-from-an-app.md',
  'docs/accounts.md',
  'docs/audit-and-metrics.md',
  'docs/operations.md',
  'docs/migrating-from-fastapi.md',
];

/** Its own test types it into a copy of the repository and runs all that it shows. */
const TYPED = 'docs/adding-a-route.md';

/** Words that npm knows by itself. */
const OF_NPM = ['ci', 'install', 'ls', 'rebuild'];

describe('the commands that the pages show', () => {
  it.each(PLAYED)('print what is shown: %s', { timeout: 180_000 }, async (page) => {
    const played = await play(scenesOf(read(page)));
    expect(played.length).toBeGreaterThan(3);
    for (const { command, expected, printed } of played) {
      expect(printed, command).toMatch(patternOf(expected));
    }
  });

  it.each(allPages().filter((page) => page !== TYPED))('are run by a test: %s', (page) => {
    expect(commandsOf(read(page)).filter((command) => !isRun(command))).toEqual([]);
  });

  it.each(Object.entries(RUN_ELSEWHERE))(
    '%s is run where it is said to be',
    (_command, [file, words]) => {
      expect(existsSync(file)).toBe(true);
      expect(read(file)).toContain(words);
    },
  );

  it.each(allPages())('are scripts of package.json where a text names them: %s', (page) => {
    const named = [...read(page).matchAll(/`npm (?:run (?:--silent )?)?([a-z][\w:]*)/g)];
    const unknown = named.map(([, name = '']) => name).filter((name) => !isKnown(name));
    expect(unknown).toEqual([]);
  });
});

describe('a page', () => {
  const page = (...lines: string[]) => lines.join('\n');

  it('that prints something else would not pass', () => {
    expect('{"a":"eyJx","b":1}').toMatch(patternOf('{"a":"eyJ…","b":1}'));
    expect('{"a":"eyJx","b":2}').not.toMatch(patternOf('{"a":"eyJ…","b":1}'));
    expect('one\ntwo').not.toMatch(patternOf('…'));
    expect('').not.toMatch(patternOf('HTTP/1.1 200 OK'));
  });

  it('with a command that nobody runs would not pass', () => {
    const shown = page('```sh', 'npm run demo', 'npm run nothing  # really', '```');
    expect(commandsOf(shown).filter((command) => !isRun(command))).toEqual(['npm run nothing']);
  });

  it('is played in the order of its blocks, a server at a time', () => {
    const shown = page(
      '```sh\nnpm ci\nA=1 npm run demo  # a server\n```',
      '```console\n$ curl -s \\\n  one\n{}\n\n$ two\n```',
      '```sh\nnpm ci && npm start\n```',
      '```console\n$ three\n3\n```',
      '```json\n$ no command\n```',
    );
    expect(scenesOf(shown)).toEqual([
      {
        server: 'A=1 npm run demo',
        steps: [
          { command: 'curl -s \\\n  one', expected: '{}' },
          { command: 'two', expected: '' },
        ],
      },
      { server: 'npm start', steps: [{ command: 'three', expected: '3' }] },
    ]);
  });

  it('may type before the first start, and while the server is stopped', () => {
    const shown = page(
      '```sh\nnpm ci && npm run build\n```',
      '```console\n$ one\n```',
      '```sh\nsudo systemctl enable --now hallpass\n```',
      '```console\n$ two\n```',
      '```sh\nsudo systemctl stop hallpass\n```',
      '```console\n$ three\n```',
    );
    expect(scenesOf(shown)).toEqual([
      { server: undefined, steps: [{ command: 'one', expected: '' }] },
      { server: 'npm start', steps: [{ command: 'two', expected: '' }] },
      { server: undefined, steps: [{ command: 'three', expected: '' }] },
    ]);
  });

  it('that types before it has started a server is refused', () => {
    expect(() => scenesOf('```console\n$ curl -s localhost:3000\n```')).toThrow('No server runs');
  });
});

function isRun(command: string): boolean {
  if (NOT_TYPED.some(([commands]) => commands.test(command))) return true;
  if (serverStartedBy(command) !== undefined || command === 'sudo systemctl stop hallpass')
    return true;
  return command in RUN_ELSEWHERE;
}

function isKnown(name: string): boolean {
  return OF_NPM.includes(name) || name in SCRIPTS;
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
