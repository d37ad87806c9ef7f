import { once } from 'node:events';
import { Controller, HttpCode, Post } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { Public } from '../../src/auth/public.decorator.js';
import { Background } from '../../src/platform/background.js';
import { startApp } from '../support/app.js';
import { call } from '../support/http.js';
import { watchLog } from '../support/mail.js';

/** A promise, and what keeps it. */
function gate() {
  let open = () => undefined as void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { open, opened };
}

describe('a job in the background', () => {
  it('starts once the caller is done with the present, and is waited for', async () => {
    const background = new Background();
    const steps: string[] = [];
    background.run('It', async () => {
      steps.push('job');
    });
    await Promise.resolve();
    steps.push('caller');
    await background.settled();
    expect(steps).toEqual(['caller', 'job']);
  });

  it('may ask for another one, which is waited for too', async () => {
    const background = new Background();
    const steps: string[] = [];
    background.run('It', async () => {
      background.run('Another', async () => void steps.push('another'));
    });
    await background.settled();
    expect(steps).toEqual(['another']);
  });

  it.each([
    ['an error', new RangeError('johndoe@example.com'), 'RangeError'],
    ['anything else', 'johndoe@example.com', 'string'],
  ])('that throws %s is logged by its kind alone', async (_title, thrown, kind) => {
    const log = watchLog();
    const background = new Background();
    background.run('It', () => Promise.reject(thrown));
    background.run('Something', () => {
      throw thrown;
    });
    await background.settled();
    expect(log()).toMatch(new RegExp(`It failed: ${kind}.*\\n.*Something failed: ${kind}`));
    expect(log()).not.toContain('johndoe');
  });

  it('is dropped where 1000 wait, and said to be', async () => {
    const log = watchLog();
    const background = new Background();
    const { open, opened } = gate();
    let done = 0;
    const job = async () => {
      await opened;
      done += 1;
    };
    for (let i = 0; i < 1001; i += 1) background.run('It', job);
    open();
    await background.settled();
    expect(done).toBe(1000);
    expect(log()).toContain('It was left undone: 1000 others wait already');
    background.run('It', job);
    await background.settled();
    expect(done).toBe(1001);
  });
});

describe('on a stop, a job', () => {
  it('that does not end is cut off, and said to be', async () => {
    class Hasty extends Background {
      protected override readonly longestEndMs = 20;
    }
    const log = watchLog();
    const background = new Hasty();
    background.run('It', () => new Promise(() => undefined));
    await background.end();
    expect(log()).toContain('Jobs that were cut off by the stop: 1');
  });

  it('that the last request asks for is waited for, and finds the database open', async () => {
    const asked = gate();
    const stopped = gate();
    const seen = { stopping: false, rows: 0 };

    @Controller('jobs')
    class JobsController {
      constructor(
        private readonly background: Background,
        @InjectDataSource() private readonly database: DataSource,
      ) {}

      @Public()
      @Post()
      @HttpCode(202)
      async start(): Promise<void> {
        this.background.run('A watch', async (stopping) => {
          asked.open();
          await once(stopping, 'abort');
          stopped.open();
        });
        await stopped.opened;
        this.background.run('A look-up', async ({ aborted }) => {
          seen.stopping = aborted;
          for (; seen.rows < 50; seen.rows += 1) await this.database.query('SELECT 1');
        });
      }
    }
    const app = await startApp({ controllers: [JobsController] });
    const headers = { connection: 'close' }; // else the server would wait for its next request
    const answer = call(`${app.url}/jobs`, { method: 'POST', headers });
    await asked.opened;
    const closed = app.close();
    expect((await answer).status).toBe(202);
    await closed;
    expect(seen).toEqual({ stopping: true, rows: 50 });
    expect(app.log()).not.toContain('A look-up');
  });
});
