// What a guarded route feels of people who sign in: a password hash is 200 ms of pure computing.
import { fastapi, hallpass } from './contenders.mjs';
import { start } from './contender.mjs';
import { whatDelayed } from './limits.mjs';
import { closedLoop, guardedCall, stormLoad, WARM_SECONDS } from './load.mjs';
import { describeMachine, together } from './machine.mjs';
import { table, TARGET_HEADER, targetRow } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

const RATE = 1000;
const SIGN_IN_CONNECTIONS = 16;

export async function storm({ seconds, runs, database }) {
  const head = describeMachine({ packages: ['@nestjs/core'], python: true });
  const pins = together();
  const contenders = [hallpass(database), fastapi({ login: 'async' }), fastapi({ login: 'pool' })];
  const rows = await inTurn(contenders, runs, {
    measure: (contender) => measure(contender, seconds, pins),
    told: ({ p99, signIns }) => `p99 ${figure(p99, 1)} ms, ${figure(signIns, 1)} sign-ins/s`,
  });
  const [ours, , pooled] = rows;
  return {
    'storm targets': table(TARGET_HEADER, [
      targetRow('p99 of the guarded route', medianOf(ours.results, 'p99'), {
        atMost: 10,
        unit: ' ms',
        digits: 1,
      }),
      ["sign-ins/s beside FastAPI's, login in the thread pool", 'none', ...beside(ours, pooled)],
    ]),
    storm: [
      `${head} ${runsOf(runs, seconds)}. ${pins.note}`,
      '',
      table(
        [
          '',
          'p50 ms',
          'p99 ms',
          'spread',
          'max ms',
          'sent late ms',
          'failed',
          'unanswered',
          'sign-ins/s',
          'spread',
          'refused',
        ],
        rows.map((row) => [row.contender.name, ...cells(row, figures)]),
      ),
      ...whatDelayed(rows),
    ].join('\n'),
  };
}

async function measure(contender, seconds, pins) {
  const server = await start(contender, { cores: pins.server });
  try {
    const call = await guardedCall(server);
    await closedLoop({ ...call, seconds: WARM_SECONDS }, pins);
    return await stormLoad(
      {
        ...call,
        seconds,
        rate: RATE,
        tokenUrl: `${server.url}/token`,
        crowd: contender.crowd,
        signInConnections: SIGN_IN_CONNECTIONS,
      },
      pins,
    );
  } finally {
    await server.stop();
  }
}

/** Failures are those of all runs together: one must not vanish in a median. */
function figures(results) {
  const sum = (property) => results.reduce((total, result) => total + result[property], 0);
  return [
    figure(medianOf(results, 'p50'), 1),
    figure(medianOf(results, 'p99'), 1),
    spreadOf(results, 'p99', 1),
    figure(Math.max(...results.map(({ max }) => max)), 1),
    figure(medianOf(results, 'sentLate'), 1),
    figure(sum('failed')),
    figure(sum('unanswered')),
    figure(medianOf(results, 'signIns'), 1),
    spreadOf(results, 'signIns', 1),
    refusals(results.flatMap(({ signInsRefused }) => signInsRefused)),
  ];
}

/** `3 × 503`, as a status of its own tells why. */
function refusals(statuses) {
  if (statuses.length === 0) return '0';
  return [...new Set(statuses)]
    .map((status) => {
      const count = statuses.filter((one) => one === status).length;
      return `${count} × ${status === 0 ? 'no answer' : status}`;
    })
    .join(', ');
}

function beside(ours, peer) {
  const own = figure(medianOf(ours.results, 'signIns'), 1);
  if (peer.absence !== undefined) return [own, `not compared: ${peer.absence}`];
  const theirs = medianOf(peer.results, 'signIns');
  const ratio = figure(medianOf(ours.results, 'signIns') / theirs, 2);
  return [`${own} beside ${figure(theirs, 1)}`, `ratio ${ratio}×`];
}
