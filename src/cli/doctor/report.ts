import { printable, toJson } from '../output.js';
import { type Colour, paint } from '../paint.js';
import type { Terminal } from '../terminal.js';
import { type Found, type Status, worst } from './finding.js';

const COLOURS: Readonly<Record<Status, Colour>> = {
  ok: 'green',
  warning: 'yellow',
  fault: 'red',
  skipped: 'dim',
};
const STATUS_WIDTH = 'skipped'.length;

/** What `doctor --json` prints. */
export function reportAsJson(found: readonly Found[]): string {
  const checks = found.map(({ check, status, message, remedy }) => ({
    check,
    status,
    message,
    remedy: remedy ?? null,
  }));
  return toJson({ status: worst(found), checks });
}

/** A line for each finding, with how to mend it below, and the sum at the end. */
export function reportAsText(found: readonly Found[], stdout: Terminal['stdout']): string {
  const checkWidth = Math.max(...found.map(({ check }) => check.length));
  const indent = ' '.repeat(STATUS_WIDTH + checkWidth + 4);
  const lines = found.flatMap(({ check, status, message, remedy }) => [
    [
      paint(COLOURS[status], status.padEnd(STATUS_WIDTH), stdout),
      check.padEnd(checkWidth),
      printable(message),
    ].join('  '),
    ...(remedy === undefined ? [] : [`${indent}To mend it: ${printable(remedy)}`]),
  ]);
  return [...lines, '', sum(found)].join('\n');
}

function sum(found: readonly Found[]): string {
  const count = (status: Status) => found.filter((each) => each.status === status).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  if (faults + warnings === 0) return 'All is well';
  return `${faults} ${faults === 1 ? 'fault' : 'faults'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
}
