import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { newId } from '../ids.js';

/**
 * Copies a SQLite database as it is at one moment, whoever writes meanwhile. The name is taken first, and what
 * stands there is empty until the copy is whole and on the disk: no half of a copy is ever found under it.
 *
 * @param file readable by its owner alone
 * @returns its size in bytes
 * @throws {NodeJS.ErrnoException} EEXIST when there is such a file
 */
export async function copyDatabase(dataSource: DataSource, file: string): Promise<number> {
  const path = resolve(file);
  await (await open(path, 'wx', 0o600)).close();
  const draft = `${path}.${newId()}`;
  try {
    await (await open(draft, 'wx', 0o600)).close(); // VACUUM INTO takes a file that is empty, and keeps its mode
    await dataSource.query('VACUUM INTO ?', [draft]);
    const bytes = await settle(draft);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return bytes;
  } catch (error) {
    await rm(draft, { force: true });
    await rm(path, { force: true });
    throw error;
  }
}

async function settle(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // which cannot, and need not
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
