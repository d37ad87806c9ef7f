import { declarations, takes } from './setting.decorator.js';
import type { Declaration } from './setting.decorator.js';
import './settings.js'; // declares them

const HOW = 'Generated from src/platform/settings/settings.ts, do not edit: npm run generate';

/** The text of `.env.example`: every setting commented out, and no value that would do as a secret. */
export function envExample(): string {
  const head = [
    `# ${HOW}`,
    '# Copy to .env and take away the # of what you set. The environment wins over the file.',
    '# An empty value counts as not set. Put quotes around a value with a # or a space in it.',
  ];
  const groups = byGroup().map(([group, members]) =>
    [`# --- ${group} ---`, ...members.map(envEntry)].join('\n\n'),
  );
  return `${[head.join('\n'), ...groups].join('\n\n')}\n`;
}

function envEntry(declaration: Declaration): string {
  const { name, about, default: value, example = '', secret } = declaration;
  const shown = typeof value === 'string' ? value : secret ? '' : example;
  return [
    `# ${about}`,
    `# Takes ${takes(declaration)}.`,
    `# Default: ${defaultOf(declaration).replaceAll('`', '')}.`,
    `#${name}=${shown.includes('#') ? `"${shown}"` : shown}`, // where a bare one begins a comment
  ].join('\n');
}

/** The text of docs/configuration.md, laid out as prettier would. */
export function configurationPage(): string {
  const head = [
    '# Configuration',
    `<!-- ${HOW} -->`,
    'Every setting is an environment variable; a file `.env` in the working directory is read too, and the environment wins over it. An empty value counts as not set. Faults stop the boot, all in one list, which never shows a value. `npm run hallpass -- secret` makes a secret.',
  ];
  const groups = byGroup().flatMap(([group, members]) => [
    `## ${group}`,
    ...members.flatMap(pageEntry),
  ]);
  return `${[...head, ...groups].join('\n\n')}\n`;
}

function pageEntry(declaration: Declaration): string[] {
  const { name, about, example, secret } = declaration;
  const facts = [
    `- Takes: ${takes(declaration)}`,
    `- Default: ${defaultOf(declaration)}`,
    ...(example ? [`- Example: \`${example}\``] : []),
    ...(secret ? ['- Secret: keep it out of logs, images and version control'] : []),
  ];
  return [`### ${name}`, about, facts.join('\n')];
}

function defaultOf({ default: value, unset = 'none' }: Declaration): string {
  if (value === undefined) return unset;
  return typeof value === 'string' ? `\`${value}\`` : value.text;
}

function byGroup(): [string, Declaration[]][] {
  const groups = new Map<string, Declaration[]>();
  for (const declaration of declarations()) {
    groups.set(declaration.group, [...(groups.get(declaration.group) ?? []), declaration]);
  }
  return [...groups];
}
