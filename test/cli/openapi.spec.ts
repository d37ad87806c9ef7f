import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { call } from '../support/http.js';
import { emptyFolder, hallpass, startServer, testing } from './processes.js';

describe('npm run hallpass -- openapi', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;

  beforeEach(async () => {
    folder = await emptyFolder();
  });
  afterEach(() => folder.remove());

  it.each([
    ['as they are', {}],
    [
      'without the examples, elsewhere',
      { EXAMPLES: 'off', PUBLIC_URL: 'https://id.example.com/a' },
    ],
  ])(
    'prints what /openapi.json serves, and nothing else: settings %s',
    async (_which, settings) => {
      const options = { cwd: folder.path, env: { ...testing, PORT: '0', ...settings } };
      const server = await startServer(options);
      const served = await call(`${server.url}/openapi.json`);
      await server.stop();
      const { code, stdout, stderr } = await hallpass(['openapi'], options);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toBe(`${JSON.stringify(JSON.parse(served.text), null, 2)}\n`);
      expect(stdout.includes('/tasks')).toBe(!('EXAMPLES' in settings));
    },
  );

  it('needs no database and leaves nothing behind, with the documentation switched off too', async () => {
    const env = {
      NODE_ENV: 'test',
      DOCS: 'off',
      DATABASE_URL: 'postgres://hallpass:hunter2@127.0.0.1:1/hallpass',
    };
    const { code, stdout, stderr } = await hallpass(['openapi'], { cwd: folder.path, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0', info: { title: 'Hallpass' } });
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('writes it into a file, over what is there', async () => {
    const options = { cwd: folder.path, env: testing };
    for (let n = 0; n < 2; n++) {
      expect(await hallpass(['openapi', '--output', 'api.json'], options)).toEqual({
        code: 0,
        stdout: 'Wrote api.json\n',
        stderr: '',
      });
    }
    const { stdout } = await hallpass(['openapi'], options);
    expect(await readFile(join(folder.path, 'api.json'), 'utf8')).toBe(stdout);
  });

  it('refuses settings that are faulty, and a file that cannot be written', async () => {
    const faulty = { cwd: folder.path, env: { ...testing, PORT: 'none' } };
    expect(await hallpass(['openapi'], faulty)).toMatchObject({ code: 1, stdout: '' });
    const nowhere = await hallpass(['openapi', '--output', 'no/such/folder.json'], {
      cwd: folder.path,
      env: testing,
    });
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toContain('ENOENT');
  });
});
