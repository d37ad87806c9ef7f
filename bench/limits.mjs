// Whether the figures can be believed.
import { medianOf } from './statistics.mjs';

/** Of a core, when it has no time left. */
const FULL = 0.95;
/** Timers of a process that gets its core when it needs it are 1 ms late, seldom 2. */
const LATE_MS = 3;

/**
 * A rate says something about a server only where its core was the one that was full.
 *
 * @returns lines for RESULTS.md, none where all is well
 */
export function whatLimited(rows) {
  const notFull = rows.filter(
    ({ absence, results }) => absence === undefined && medianOf(results, 'busy') < FULL,
  );
  const byGenerator = notFull.filter(({ results }) => medianOf(results, 'generatorBusy') >= FULL);
  const byOthers = notFull.filter((row) => !byGenerator.includes(row));
  return [
    ...said('The load generator was the limit, and the server could do more', byGenerator, rows),
    ...said(
      '**Do not believe these rates**: something else was running, and neither the server nor the load generator could fill its core',
      byOthers,
      rows,
    ),
  ];
}

/** The same of requests at a fixed rate: were they sent when they were due? */
export function whatDelayed(rows) {
  const late = rows.filter(
    ({ absence, results }) => absence === undefined && medianOf(results, 'sentLate') > LATE_MS,
  );
  return said(
    '**Do not believe these latencies**: the load generator did not get a core when it needed one',
    late,
    rows,
  );
}

function said(what, some, all) {
  if (some.length === 0) return [];
  const names = some.map(({ contender }) => contender.name).join('; ');
  return ['', `${what}: ${some.length === all.length ? 'all of them' : names}.`];
}
