import { readFileSync } from 'node:fs';

/** A command as a page shows it, with what it prints. */
export interface Step {
  /** without the `$`; lines after a `\` belong to it */
  readonly command: string;
  /** … stands for anything in its line */
  readonly expected: string;
}

/** A server that a page starts, and what is then typed in another terminal. */
export interface Scene {
  /** undefined where none runs: what comes before the first start, or while it is stopped */
  readonly server: string | undefined;
  readonly steps: readonly Step[];
}

interface Block {
  readonly language: string;
  readonly text: string;
}

const BLOCK = /^```(\w+)[^\n]*\n(.*?)^```$/gms;
const COMMANDS = ['sh', 'bash', 'shell', 'zsh'];
/** The unit of docs/operations.md: what it starts is what `npm start` starts. */
const UNIT = /^sudo systemctl (?:enable --now|start|restart) hallpass$/;
/** After these nothing runs. */
const STOPPED = ['npm ci && npm run build', 'sudo systemctl stop hallpass'];
const SERVER = /^(?:npm ci && )?((?:[A-Z_]+=\S+ )*npm (?:start|run demo))$/;

/** The code blocks of a page in one language, in their order. */
export function codeBlocks(markdown: string, language: string): string[] {
  return blocksOf(markdown)
    .filter((block) => block.language === language)
    .map(({ text }) => text);
}

/** @returns the blocks that a file does not have, line by line and whatever the indentation */
export function missingFrom(file: string, blocks: readonly string[]): string[] {
  const source = withoutIndentation(readFileSync(file, 'utf8'));
  return blocks.filter((block) => !source.includes(withoutIndentation(block)));
}

/** Every command of the page's blocks of commands, without its comment. */
export function commandsOf(markdown: string): string[] {
  return blocksOf(markdown).flatMap((block) => commandsIn(block));
}

/** @returns the command that starts the server, without the installation; undefined when it starts none */
export function serverStartedBy(command: string): string | undefined {
  return UNIT.test(command) ? 'npm start' : SERVER.exec(command)?.[1];
}

/**
 * The page as it is played: a command that starts a server begins a scene, and the console blocks
 * below it are typed there. A scene in which nothing is typed is a server, too. One that installs or stops it
 * begins a scene without.
 *
 * @throws {Error} when something is typed before either
 */
export function scenesOf(markdown: string): Scene[] {
  const scenes: Array<{ server: string | undefined; steps: Step[] }> = [];
  for (const block of blocksOf(markdown)) {
    for (const command of commandsIn(block)) {
      const server = serverStartedBy(command);
      if (server !== undefined || STOPPED.includes(command)) scenes.push({ server, steps: [] });
    }
    const steps = block.language === 'console' ? stepsIn(block.text) : [];
    if (steps[0] && !scenes.at(-1)) throw new Error(`No server runs yet: ${steps[0].command}`);
    scenes.at(-1)?.steps.push(...steps);
  }
  return scenes;
}

/** What the output of a step must match. */
export function patternOf(expected: string): RegExp {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^\\n]*')}$`);
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(BLOCK)].map(([, language = '', text = '']) => ({ language, text }));
}

function commandsIn({ language, text }: Block): string[] {
  if (!COMMANDS.includes(language)) return [];
  return text
    .replaceAll('\\\n', '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '');
}

function stepsIn(text: string): Step[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((step) => {
      const [, command = '', expected = ''] = /^((?:.*\\\n)*.*)\n?([^]*)$/.exec(step) ?? [];
      return { command, expected: expected.trim() };
    });
}

function withoutIndentation(text: string): string {
  return text.replaceAll(/^ +/gm, '');
}
