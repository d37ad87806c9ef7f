import { constants, existsSync } from 'node:fs';
import { access, open, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { HallpassDataSource } from '../../platform/database/hallpass-data-source.js';
import { fault, type Finding, ok, warning } from './finding.js';

const MEBIBYTE = 1024 * 1024;
/** Below this the next writes fail. */
const NO_SPACE = 16 * MEBIBYTE;
/** And a copy of the database is to fit beside it: for a backup, or a migration that builds tables anew. */
const LITTLE_SPACE = 256 * MEBIBYTE;
/** In byte 18 of the file. https://www.sqlite.org/fileformat.html#file_format_version_numbers */
const WAL = 2;

export function isThere(path: string): boolean {
  return existsSync(path);
}

/** The file and its folder, from outside. */
export async function checkFile(path: string): Promise<readonly Finding[]> {
  const folder = existingFolder(path);
  const canWrite = await isAllowed(folder, constants.W_OK | constants.X_OK);
  if (!isThere(path)) return [canWrite ? ok(`${path} is made at the first start`) : shut(folder)];
  return [
    ...((await isAllowed(path, constants.R_OK | constants.W_OK))
      ? [ok(`SQLite in ${path}`)]
      : [
          fault(
            `this user may not read and write ${path}`,
            `let the user of the server own ${path}`,
          ),
        ]),
    ...(canWrite ? [] : [shut(folder)]),
    ...(await modeFindings(path)),
    await spaceFinding(path),
  ];
}

/** The file from inside. */
export async function checkContent(
  database: HallpassDataSource,
  path: string,
): Promise<readonly Finding[]> {
  const faults: { quick_check: string }[] = await database.query('PRAGMA quick_check(3)');
  const said = faults.map(({ quick_check }) => quick_check);
  if (said.join() !== 'ok') return [damaged(path, 'SQLite finds rows or pages that do not fit')];
  const isWal = (await journalVersion(path)) === WAL;
  return [
    ok(`its content is sound${isWal ? ', and its journal is WAL' : ''}`),
    ...(isWal ? [] : [ok('its journal is not WAL yet: the next start sees to that')]),
  ];
}

export function damaged(path: string, how: string): Finding {
  return fault(
    `${path} is damaged: ${how}`,
    'stop the server, keep a copy of the file, and restore the last backup (docs/operations.md)',
  );
}

/** @param free and @param size bytes */
export function describeSpace(free: number, size: number): Finding {
  const says = `${inMebibytes(free)} are free on its disk`;
  if (free < NO_SPACE) return fault(says, 'make room: writes are about to fail');
  if (free >= Math.max(LITTLE_SPACE, size)) return ok(says);
  return warning(`${says}, and the database has ${inMebibytes(size)}`, 'make room');
}

function shut(folder: string): Finding {
  return fault(
    `this user may not write into ${folder}, where SQLite makes files beside the database`,
    `let the user of the server own ${folder}, and mount it to be written`,
  );
}

async function modeFindings(path: string): Promise<Finding[]> {
  if (process.platform === 'win32') return []; // where the mode says nothing
  const found: string[] = [];
  for (const name of [path, `${path}-wal`, `${path}-shm`]) {
    if (isThere(name) && ((await stat(name)).mode & 0o077) !== 0) found.push(name);
  }
  if (found.length === 0) return [ok('nobody else may read it')];
  const names = found.join(' ');
  return [
    warning(
      `others on this machine may read ${names}, with every password hash`,
      `chmod 600 ${names}`,
    ),
  ];
}

async function spaceFinding(path: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dirname(resolve(path)));
  return describeSpace(bavail * bsize, (await stat(path)).size);
}

async function journalVersion(path: string): Promise<number | undefined> {
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 18);
    return buffer[0];
  } finally {
    await file.close();
  }
}

/** The nearest one that is there: the first start makes those below it. */
function existingFolder(path: string): string {
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  return folder;
}

async function isAllowed(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / MEBIBYTE)} MiB`;
}
