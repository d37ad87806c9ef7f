// How fast one guarded route is beside peers that do less, or more slowly.
import { fastapi, fastifyEs256, fastifyHs256, hallpass } from './contenders.mjs';
import { whatLimited } from './limits.mjs';
import { measureGuarded } from './load.mjs';
import { apart, describeMachine } from './machine.mjs';
import { table, TARGET_HEADER, targetRow } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

export async function guarded({ seconds, runs, database }) {
  const head = describeMachine({
    packages: ['fastify', '@nestjs/core', 'jsonwebtoken', 'autocannon'],
    python: true,
  });
  const pins = apart();
  const contenders = [
    hallpass(database),
    fastifyHs256(),
    fastifyEs256(),
    fastapi({ login: 'async' }),
  ];
  const rows = await inTurn(contenders, runs, {
    measure: (contender) => measureGuarded(contender, seconds, pins),
    told: ({ rate, cpu }) => `${figure(rate)} requests/s, ${figure(cpu, 1)} µs CPU each`,
  });
  const [ours, hs256, es256, tutorial] = rows;
  const times = (peer) =>
    peer.absence === undefined
      ? medianOf(ours.results, 'rate') / medianOf(peer.results, 'rate')
      : undefined;
  const target = (what, peer, limits) =>
    targetRow(what, times(peer), { ...limits, unit: '×', digits: 2 }, peer.absence);

  return {
    'guarded targets': table(TARGET_HEADER, [
      target('requests/s ÷ Fastify by hand, HS256', hs256, { atLeast: 0.5, aim: 0.8 }),
      target('requests/s ÷ Fastify by hand, ES256 on each request', es256, { atLeast: 1.5 }),
      target("requests/s ÷ FastAPI's tutorial", tutorial, { atLeast: 3, aim: 5 }),
    ]),
    guarded: [
      `${head} ${runsOf(runs, seconds)}. ${pins.note}`,
      '',
      table(
        ['', 'requests/s', 'spread', 'p99 ms', 'CPU µs a request', 'core busy', 'Hallpass ÷ this'],
        rows.map((row) => [
          row.contender.name,
          ...cells(row, (results) => [
            figure(medianOf(results, 'rate')),
            spreadOf(results, 'rate'),
            figure(medianOf(results, 'p99')),
            figure(medianOf(results, 'cpu'), 1),
            `${figure(medianOf(results, 'busy') * 100)} %`,
            `${figure(times(row), 2)}×`,
          ]),
        ]),
      ),
      ...whatLimited(rows),
    ].join('\n'),
  };
}
