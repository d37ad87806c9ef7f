import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSettings } from '../../src/platform/settings/load-settings.js';
import { readdir } from 'node:fs/promises';
import { emptyFolder, hallpass } from './processes.js';

describe('npm run hallpass -- secret', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;

  beforeAll(async () => {
    folder = await emptyFolder();
  });
  afterAll(() => folder.remove());

  it('prints an AUTH_SECRET that the settings take, another each time, and needs no settings itself', async () => {
    const broken = { cwd: folder.path, env: { NODE_ENV: 'production', PORT: 'none' } };
    const [one, two] = await Promise.all([
      hallpass(['secret'], broken),
      hallpass(['secret'], broken),
    ]);
    expect(one).toMatchObject({ code: 0, stderr: '' });
    expect(one.stdout).not.toBe(two.stdout);
    const secret = one.stdout.replace(/\n$/, '');
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(loadSettings({ AUTH_SECRET: secret }).AUTH_SECRET).toEqual([secret]);
    expect(await readdir(folder.path)).toEqual([]);
  });
});
