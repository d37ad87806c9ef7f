// What each feature of production costs a guarded request: a ladder of servers, each with one thing more
// than the last (peers/ladder.mjs); the top is the product itself.
import { hallpass, rung } from './contenders.mjs';
import { whatLimited } from './limits.mjs';
import { measureGuarded } from './load.mjs';
import { apart, describeMachine } from './machine.mjs';
import { RUNGS } from './peers/rungs.mjs';
import { table } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

export async function features({ seconds, runs, database }) {
  const head = describeMachine({ packages: ['fastify', '@nestjs/core'] });
  const pins = apart();
  const contenders = [
    ...RUNGS.map((name) => rung(name, database)),
    { ...hallpass(database), name: '+ Principals: the product' },
  ];
  const rows = await inTurn(contenders, runs, {
    measure: (contender) => measureGuarded(contender, seconds, pins),
    told: ({ rate, cpu }) => `${figure(rate)} requests/s, ${figure(cpu, 1)} µs CPU each`,
  });
  return {
    features: [
      `${head} ${runsOf(runs, seconds)}. ${pins.note}`,
      '',
      table(
        ['', 'requests/s', 'spread', 'CPU µs a request', 'spread', 'more than the line above'],
        rows.map((row, i) => [
          row.contender.name,
          ...cells(row, (results) => [
            figure(medianOf(results, 'rate')),
            spreadOf(results, 'rate'),
            figure(medianOf(results, 'cpu'), 1),
            spreadOf(results, 'cpu', 1),
            more(results, rows[i - 1]?.results ?? []),
          ]),
        ]),
      ),
      ...whatLimited(rows),
    ].join('\n'),
  };
}

/** Nothing for the first line, and below one that could not be measured. */
function more(results, below) {
  if (below.length === 0) return '';
  const microseconds = medianOf(results, 'cpu') - medianOf(below, 'cpu');
  return `${microseconds < 0 ? '-' : '+'}${figure(Math.abs(microseconds), 1)} µs`;
}
