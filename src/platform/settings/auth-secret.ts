import { randomBytes, randomUUID } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { MEMORY_DATABASE } from './database-url.js';
import { weakSecret } from './secret-strength.js';
import { SettingsError } from './settings-error.js';
import type { Settings } from './settings.js';

const FILE = 'auth-secret';

type Known = Pick<Settings, 'AUTH_SECRET' | 'DATABASE_URL' | 'NODE_ENV'>;

/** A new AUTH_SECRET: 32 random bytes in base64url, 43 characters. */
export function generateSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * The secrets from which keys are derived; the first signs, all verify.
 *
 * @param folder where development keeps the one it generates, as `auth-secret`
 * @throws {SettingsError} when that file cannot be made, cannot be read, or holds no good secret
 */
export function resolveAuthSecrets(settings: Known, folder = 'data'): readonly string[] {
  if (settings.AUTH_SECRET) return settings.AUTH_SECRET;
  if (settings.NODE_ENV === 'production') {
    throw fault('production generates none; make one with npm run hallpass -- secret');
  }
  // What it would protect ends with the process, so nothing is written to disk.
  if (settings.DATABASE_URL === MEMORY_DATABASE) return [generateSecret()];
  const path = join(folder, FILE);
  if (!fs.existsSync(path)) create(path);
  return [readSecret(path)];
}

/**
 * As `resolveAuthSecrets()`, but makes none.
 *
 * @returns undefined where the first start would make one
 * @throws {SettingsError} as there
 */
export function findAuthSecrets(settings: Known, folder = 'data'): readonly string[] | undefined {
  const isMade = settings.AUTH_SECRET || settings.NODE_ENV === 'production';
  const isThere = isMade || fs.existsSync(join(folder, FILE));
  return isThere ? resolveAuthSecrets(settings, folder) : undefined;
}

/**
 * Server and command may start at the same moment and must agree. A file made under its own name
 * could be read before it is written; so it is written under another and linked, which is
 * exclusive: of several, one wins, and all read the winner's.
 */
function create(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    fs.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeDurably(draft, `${generateSecret()}\n`);
    linkOnce(draft, path);
  } catch (error) {
    const remedy = 'let this user write there, or set AUTH_SECRET';
    throw fault(`${path} cannot be made (${codeOf(error)}); ${remedy}`);
  }
}

function writeDurably(path: string, text: string): void {
  const file = fs.openSync(path, 'wx', 0o600);
  try {
    fs.writeSync(file, text);
    fs.fsyncSync(file); // what is encrypted under it must not outlive it in a power cut
  } finally {
    fs.closeSync(file);
  }
}

function linkOnce(draft: string, path: string): void {
  try {
    fs.linkSync(draft, path);
    syncFolder(dirname(path));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

function syncFolder(path: string): void {
  if (process.platform === 'win32') return; // which cannot, and need not
  const folder = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(folder);
  } finally {
    fs.closeSync(folder);
  }
}

/** Never replaces a bad file: whatever was encrypted under the lost secret would be lost for good. */
function readSecret(path: string): string {
  const remedy =
    'restore it from a backup, set AUTH_SECRET, or, if the data may be lost, delete it';
  const secret = readText(path, remedy).trim();
  if (secret === '') throw fault(`${path} is empty; ${remedy}`);
  const reason = weakSecret(secret);
  if (reason) throw fault(`what ${path} holds is ${reason}; ${remedy}`);
  return secret;
}

function readText(path: string, remedy: string): string {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch (error) {
    throw fault(`${path} cannot be read (${codeOf(error)}); let this user read it, or ${remedy}`);
  }
}

function fault(reason: string): SettingsError {
  return new SettingsError([`AUTH_SECRET is not set, and ${reason}`]);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
