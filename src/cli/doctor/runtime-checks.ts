import { createRequire } from 'node:module';
import packageJson from '../../../package.json' with { type: 'json' };
import { fault, type Finding, ok } from './finding.js';

type Version = readonly [major: number, minor: number, patch: number];

/** Whether this Node is one of those that the packages here were made for. */
export function checkNode(running = process.versions.node): Finding {
  const { node: engines } = packageJson.engines;
  if (allows(engines, running)) return ok(`Node ${running}`);
  return fault(
    `Node ${running} runs this, and it takes ${engines}`,
    'install a version of Node that fits, and run npm ci',
  );
}

/** The one package that is no JavaScript: it fails after Node was replaced, or on another kind of machine. */
export function checkNativeModule(): Finding {
  try {
    // Not import(): where two of them fail, Node 20 takes the second failure for one that nobody handles.
    const { VERSION } = createRequire(import.meta.url)('sqlite3') as { VERSION: string };
    return ok(`its native module loads (SQLite ${VERSION})`);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'not found';
    return fault(
      `its native module does not load (${code})`,
      'run npm rebuild sqlite3, which needs python3, make and a C++ compiler where no binary fits the machine',
    );
  }
}

/** @param range `^20.19.0 || >=24.0.0`: these two forms are all that package.json uses */
export function allows(range: string, version: string): boolean {
  const running = numbers(version);
  return range.split('||').some((part) => {
    const [, form, least = ''] = /^\s*(\^|>=)([\d.]+)\s*$/.exec(part) ?? [];
    if (form === undefined) throw new Error(`package.json's engines have a form that is not read`);
    const from = numbers(least);
    return !isBelow(running, from) && (form === '>=' || running[0] === from[0]);
  });
}

function numbers(version: string): Version {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map((part) => parseInt(part, 10));
  return [major, minor, patch];
}

function isBelow(version: Version, other: Version): boolean {
  const index = version.findIndex((part, at) => part !== other[at]);
  return index >= 0 && (version[index] ?? 0) < (other[index] ?? 0);
}
