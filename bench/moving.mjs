// How fast `user import` is, and how much memory it holds, with ten times as many accounts.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from './machine.mjs';
import { table } from './results.mjs';
import { figure } from './statistics.mjs';

const SIZES = [100_000, 1_000_000];
const CLI = fileURLToPath(new URL('../dist/src/cli.js', import.meta.url));
const HASH = '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW';
const OFTEN_MS = 50;

export async function moving({ database }) {
  const head = describeMachine({ packages: ['typeorm', 'sqlite3'] });
  const rows = [];
  for (const size of SIZES) {
    const { seconds, peak } = await measure(size, database);
    console.log(`  ${figure(size)}: ${figure(seconds, 1)} s, at most ${figure(peak)} MB`);
    rows.push([figure(size), figure(seconds, 1), figure(size / seconds), figure(peak)]);
  }
  return {
    moving: [
      `${head} One run each.`,
      '',
      table(['accounts', 'seconds', 'accounts/s', 'peak MB'], rows),
    ].join('\n'),
  };
}

async function measure(size, { folder, environment }) {
  const file = join(folder, `${size}.csv`);
  const sqlite = join(folder, `${size}.sqlite`);
  await writeAccounts(file, size);
  const start = performance.now();
  const child = spawn(process.execPath, [CLI, 'user', 'import', file], {
    env: { ...environment, DATABASE_URL: `sqlite:${sqlite}`, PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = NaN;
  let printed = '';
  child.stdout.on('data', (chunk) => (printed += chunk));
  const watch = setInterval(() => (peak = peakMegabytes(child.pid) ?? peak), OFTEN_MS);
  const [code] = await once(child, 'close');
  clearInterval(watch);
  if (code !== 0 || !printed.startsWith(`${size} imported, 0 refused\n`)) {
    throw new Error(`user import ended with ${code}: ${printed}`);
  }
  for (const path of [file, sqlite, `${sqlite}-wal`, `${sqlite}-shm`])
    rmSync(path, { force: true });
  return { seconds: (performance.now() - start) / 1000, peak };
}

/** In no order, which is the worst case of an index. */
async function writeAccounts(file, size) {
  const stream = createWriteStream(file);
  stream.write('username,email,full_name,disabled,hashed_password\n');
  for (let n = 0; n < size; n++) {
    const name = `${randomBytes(5).toString('hex')}${n}`;
    const line = `${name},${name}@example.com,"Person, number ${n}",${n % 100 === 0},${HASH}\n`;
    if (!stream.write(line)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'close');
}

/** @returns undefined when the process has ended, or where the system does not tell */
function peakMegabytes(pid) {
  try {
    const [, kibibytes] =
      /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kibibytes === undefined ? undefined : (kibibytes * 1024) / 1e6;
  } catch {
    return undefined;
  }
}
