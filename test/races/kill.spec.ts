import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child, Server } from '../cli/processes.js';
import { call } from '../support/http.js';
import { Driver, isUnanswered } from './support/driver.js';
import { times } from './support/flight.js';
import { type Entry, faultsOf } from './support/ledger.js';
import { operatorOn } from './support/operator.js';
import { waitedForProcessor } from './support/overload.js';
import { openPlace, type Place } from './support/place.js';
import { KILL_ROUNDS, runRounds, say, timeFor } from './support/rounds.js';
import { faultsOfDatabase, sessionsNotEnded } from './support/soundness.js';
import { sessionOf } from './support/tokens.js';

const DRIVERS = 4;
const PASSWORD = 'correct horse';
/** A number and no time, so that a slow machine gets as much done. */
const MOST_ANSWERS = 300;
const LONGEST_BOOT_MS = 900;
/** Of the starts, how many are cut off before the server listens, and tried again. */
const CUT_OFF = 0.2;
/** How many sessions of a driver go on into the next life. */
const KEPT = 5;
const READY_WITHIN_MS = 2000;
/** Where the machine takes longer over any start: so much of a start after a proper stop. */
const READY_WITHIN_USUAL = 1.5;
/** How many of those are measured, at most. */
const USUAL_STARTS = 5;

/** Of one start, in milliseconds: as the clock had it, and without the wait for a processor that others had. */
interface Readiness {
  readonly clock: number;
  readonly own: number;
}

/** D8: an acknowledged write is durable, and what is cut off in between is harmless. */
describe('a server that is killed at any moment (kill -9)', () => {
  let place: Place;
  let drivers: Driver[];
  const starts: Readiness[] = [];
  const usualStarts: Readiness[] = [];
  const revoked: string[] = [];

  beforeAll(async () => {
    place = await openPlace({ REFRESH_GRACE_SECONDS: '60', TRUST_PROXY: '1' });
    drivers = times(DRIVERS, (index) => {
      return new Driver({ username: `driver-${index}`, password: PASSWORD });
    });
    const operator = await operatorOn(place.databaseUrl);
    for (const index of drivers.keys()) {
      await operator.users.create({ username: `driver-${index}`, password: PASSWORD });
    }
    await operator.close();
  });
  afterAll(() => place.close());

  it(
    'keeps what it acknowledged, strands nobody, and is soon ready again',
    { timeout: timeFor(KILL_ROUNDS, 20_000) },
    async () => {
      await runRounds(KILL_ROUNDS, async (number) => {
        const server = await startAgain();
        await expectSound(server);
        const usual = number % Math.ceil(KILL_ROUNDS / USUAL_STARTS) === 0;
        await driveAndKill(usual ? await stopAndStart(server) : server);
      });
      await expectSound(await startAgain());
      const notEnded = await sessionsNotEnded(place.databaseUrl);
      expect(revoked.filter((id) => notEnded.has(id))).toEqual([]);
      report();
      const usual = median(usualStarts.map(({ own }) => own));
      const allowed = Math.max(READY_WITHIN_MS, READY_WITHIN_USUAL * usual);
      expect(median(starts.map(({ own }) => own))).toBeLessThanOrEqual(allowed);
    },
  );

  /** Ready, after it was cut off while starting, now and then. */
  async function startAgain(): Promise<Server> {
    while (Math.random() < CUT_OFF) {
      const child = place.spawn();
      await sleep(Math.random() * LONGEST_BOOT_MS);
      await kill(child);
    }
    const { server, readiness } = await timedStart();
    starts.push(readiness);
    return server;
  }

  /** As an operator does it, for comparison. */
  async function stopAndStart(before: Server): Promise<Server> {
    await before.stop();
    const { server, readiness } = await timedStart();
    usualStarts.push(readiness);
    return server;
  }

  async function timedStart(): Promise<{ server: Server; readiness: Readiness }> {
    const start = performance.now();
    const server = await place.start();
    const { status } = await call(`${server.url}/health/ready`);
    const clock = performance.now() - start;
    expect(status).toBe(200);
    const own = clock - (await waitedForProcessor(server.process.pid ?? 0));
    return { server, readiness: { clock, own } };
  }

  async function expectSound({ url }: Server): Promise<void> {
    expect(await faultsOfDatabase(place.databaseUrl)).toEqual([]);
    const faults = await Promise.all(drivers.map((driver) => settle(driver, url)));
    expect(faults.flat()).toEqual([]);
  }

  async function driveAndKill(server: Server): Promise<void> {
    const life = { over: false };
    const driving = drivers.map((driver) =>
      driver.drive(server.url).catch(async (error: unknown) => {
        if (!life.over || !isUnanswered(error)) throw await withItsEnd(server, error);
      }),
    );
    const all = Promise.all(driving);
    const enough = async () => {
      const goal = answered() + Math.random() * MOST_ANSWERS;
      while (!life.over && answered() < goal) await sleep(1);
      await sleep(Math.random() * 10); // to any moment of the next answer
    };
    await Promise.race([all, enough()]).finally(() => (life.over = true));
    await kill(server);
    await all;
  }

  function answered(): number {
    return sum(drivers.map((driver) => driver.answered));
  }

  /** Looks at all that this driver knows, and keeps a few sessions, none of them in doubt. */
  async function settle(driver: Driver, url: string): Promise<string[]> {
    const faults: string[] = [];
    for (const entry of driver.entries) faults.push(...(await faultsOf(entry, url)));
    const ended = driver.entries.filter((entry) => entry.revoked);
    revoked.push(...ended.map(({ first }) => sessionOf(first)));
    driver.entries = driver.entries.filter((entry: Entry) => !entry.revoked);
    // The newest stay: unanswered sign-ins add up, and beyond 100 sessions the oldest end.
    for (const entry of driver.entries.slice(0, -KEPT)) await driver.revoke(url, entry);
    return faults;
  }

  function report(): void {
    const open = (['sign-in', 'refresh', 'revoke'] as const).map(
      (what) => `${sum(drivers.map((driver) => driver.unanswered[what]))} ${what}`,
    );
    const shown = (of: readonly number[]) =>
      `median ${median(of).toFixed(0)} ms, worst ${Math.max(...of).toFixed(0)} ms`;
    say(`${answered()} answers, ${revoked.length} sessions ended; unanswered: ${open.join(', ')}`);
    say(`ready after ${shown(starts.map(({ clock }) => clock))}`);
    say(`without waiting for a processor: ${shown(starts.map(({ own }) => own))}`);
    say(`the same after a proper stop: ${shown(usualStarts.map(({ own }) => own))}`);
  }
});

/** When it was not killed but ended by itself, that is what to read. */
async function withItsEnd(server: Server, error: unknown): Promise<unknown> {
  await sleep(100);
  const { exitCode, signalCode } = server.process;
  if (exitCode === null && signalCode === null) return error;
  const end = `the server ended by itself, ${exitCode ?? signalCode}`;
  return new Error(`${end}:\n${server.stdout}\n${server.stderr}`, { cause: error });
}

async function kill({ process, ended }: Pick<Child, 'process' | 'ended'>): Promise<void> {
  process.kill('SIGKILL');
  await ended;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
