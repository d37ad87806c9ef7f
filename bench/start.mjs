// How soon the server is ready after its start, and how much memory it holds.
import { setTimeout as sleep } from 'node:timers/promises';
import { fastapi, hallpass } from './contenders.mjs';
import { residentMegabytes, start as startServer } from './contender.mjs';
import { closedLoop, guardedCall } from './load.mjs';
import { describeMachine } from './machine.mjs';
import { table, TARGET_HEADER, targetRow } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

const IDLE_SECONDS = 5;
const NO_MEMORY = 'resident memory is read from /proc, which only Linux has';

export async function start({ seconds, runs, database }) {
  const head = describeMachine({ packages: ['@nestjs/core', 'typeorm'], python: true });
  const rows = await inTurn([hallpass(database), fastapi({ login: 'async' })], runs, {
    measure: (contender) => measure(contender, seconds),
    told: ({ ready, idle }) => `ready after ${figure(ready, 2)} s, ${figure(idle)} MB idle`,
  });
  const [{ results }] = rows;
  const idle = medianOf(results, 'idle');
  return {
    'start targets': table(TARGET_HEADER, [
      targetRow('ready after', medianOf(results, 'ready'), { atMost: 1.5, unit: ' s', digits: 2 }),
      targetRow(
        'resident when idle',
        Number.isNaN(idle) ? undefined : idle,
        { atMost: 180, unit: ' MB', digits: 0 },
        NO_MEMORY,
      ),
    ]),
    start: [
      `${head} ${runsOf(runs, seconds)} of load each. Not pinned: a start uses what cores there are.`,
      '',
      table(
        ['', 'ready after s', 'spread', 'idle MB', 'spread', 'idle after load MB', 'spread'],
        rows.map((row) => [row.contender.name, ...cells(row, figures)]),
      ),
    ].join('\n'),
  };
}

async function measure(contender, seconds) {
  const server = await startServer(contender);
  try {
    const ready = server.readyMs / 1000;
    await sleep(IDLE_SECONDS * 1000);
    const idle = residentMegabytes(server);
    await closedLoop({ ...(await guardedCall(server)), seconds }, {});
    await sleep(IDLE_SECONDS * 1000);
    return { ready, idle, afterLoad: residentMegabytes(server) };
  } finally {
    await server.stop();
  }
}

function figures(results) {
  return [
    figure(medianOf(results, 'ready'), 2),
    spreadOf(results, 'ready', 2),
    figure(medianOf(results, 'idle')),
    spreadOf(results, 'idle'),
    figure(medianOf(results, 'afterLoad')),
    spreadOf(results, 'afterLoad'),
  ];
}
