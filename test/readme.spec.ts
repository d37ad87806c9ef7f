import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './support/free-port.js';

const run = promisify(execFile);

interface Step {
  readonly command: string;
  /** what is printed; … stands for anything */
  readonly expected: string;
}

/** Every `$` command of the README's console blocks with the lines below it. */
function steps(markdown: string): Step[] {
  const blocks = [...markdown.matchAll(/```console\n(.*?)```/gs)].map((match) => match[1] ?? '');
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((step) => {
        const [command = '', ...lines] = step.split('\n');
        return { command, expected: lines.join('\n').trim() };
      }),
  );
}

function pattern(expected: string): RegExp {
  const parts = expected.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^\\n]*')}$`);
}

describe("the README's transcript", () => {
  let demo: ChildProcess;
  let port: number;

  beforeAll(async () => {
    port = await freePort();
    demo = spawn(process.execPath, ['dist/src/demo.js'], {
      env: { ...process.env, NODE_ENV: 'development', PORT: String(port) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      demo.stdout?.on('data', (text: Buffer) => {
        if (text.includes('Hallpass is listening')) resolve();
      });
      demo.on('exit', () => reject(new Error('the demo ended')));
    });
  });
  afterAll(() => demo.kill('SIGTERM'));

  it('works word for word, on npm run demo', async () => {
    const transcript = steps(readFileSync('README.md', 'utf8'));
    expect(transcript.length).toBeGreaterThan(4);
    let variables = ''; // what an earlier command has set
    for (const { command, expected } of transcript) {
      const here = command.replaceAll('localhost:3000', `localhost:${port}`);
      const { stdout } = await run('bash', ['-c', `${variables}\n${here}`]);
      if (/^[A-Z]+=/.test(here)) variables += `${here}\n`;
      expect(stdout.replaceAll('\r', '').trim(), command).toMatch(pattern(expected));
    }
  });
});
