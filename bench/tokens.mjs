// How fast tokens are refreshed, given to machines and introspected.
import { signIn } from './contender.mjs';
import { hallpass, oidcProvider } from './contenders.mjs';
import { addSessions } from './database.mjs';
import { whatLimited } from './limits.mjs';
import { measureWarm, postForms, withServer } from './load.mjs';
import { apart, describeMachine } from './machine.mjs';
import { table, TARGET_HEADER, targetRow } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

const CONNECTIONS = 16;
const FEW = 1_000;
const MANY = 1_000_000;

export async function tokens({ seconds, runs, database }) {
  const head = describeMachine({
    packages: ['fastify', '@nestjs/core', 'typeorm', 'sqlite3', 'jsonwebtoken', 'oidc-provider'],
  });
  const pins = apart();
  const measure = (contender) => contender.measure(contender, seconds, pins);
  const told = ({ rate, cpu }) => `${figure(rate)} a second, ${figure(cpu, 1)} µs CPU each`;
  const ours = hallpass(database);

  await addSessions(database, FEW);
  const few = { ...ours, name: `refresh, ${figure(FEW)} sessions`, measure: refreshes };
  const machine = { ...ours, name: 'client_credentials', measure: givesToMachines };
  const asked = { ...ours, name: "introspection of a user's token", measure: introspects };
  const peer = { ...oidcProvider(database), measure: givesToMachines };
  const peerAsked = { ...oidcProvider(database, { tokens: 'opaque' }), measure: introspects };
  const rows = await inTurn([few, machine, asked, peer, peerAsked], runs, { measure, told });

  await addSessions(database, MANY);
  const many = { ...ours, name: `refresh, ${figure(MANY)} sessions`, measure: refreshes };
  const [manyRow] = await inTurn([many], runs, { measure, told });

  const [fewRow, machineRow, askedRow, peerRow] = rows;
  const rate = (row) => (row.absence === undefined ? medianOf(row.results, 'rate') : undefined);
  const ratio = (one, other) => {
    const [above, below] = [rate(one), rate(other)];
    return above === undefined || below === undefined ? undefined : above / below;
  };
  const times = { unit: '×', digits: 2 };
  const all = [fewRow, manyRow, ...rows.slice(1)];
  return {
    'tokens targets': table(TARGET_HEADER, [
      targetRow('refreshes a second', rate(fewRow), { atLeast: 1200, unit: '' }),
      targetRow('with 1,000 sessions ÷ with 1,000,000', ratio(fewRow, manyRow), {
        atMost: 1.2,
        ...times,
      }),
      targetRow(
        'client_credentials ÷ node-oidc-provider',
        ratio(machineRow, peerRow),
        { atLeast: 1.3, ...times },
        peerRow.absence,
      ),
      targetRow('introspection ÷ client_credentials', ratio(askedRow, machineRow), {
        atLeast: 1,
        ...times,
      }),
    ]),
    tokens: [
      `${head} ${runsOf(runs, seconds)}, ${CONNECTIONS} connections. ${pins.note}`,
      '',
      table(
        ['', 'a second', 'spread', 'p99 ms', 'CPU µs each', 'core busy'],
        all.map((row) => [
          row.contender.name,
          ...cells(row, (results) => [
            figure(medianOf(results, 'rate')),
            spreadOf(results, 'rate'),
            figure(medianOf(results, 'p99'), 1),
            figure(medianOf(results, 'cpu'), 1),
            `${figure(medianOf(results, 'busy') * 100)} %`,
          ]),
        ]),
      ),
      ...whatLimited(all.filter((row) => !row.contender.name.startsWith('refresh'))),
    ].join('\n'),
  };
}

/** Sixteen people who are signed in, each with the newest token of their own session. */
function refreshes(contender, seconds, pins) {
  return withServer(contender, pins, async (server) => {
    const signedIn = await Promise.all(contender.crowd.map((person) => signInAs(server, person)));
    const forms = signedIn.map(({ refresh_token }) => ({
      grant_type: 'refresh_token',
      refresh_token,
    }));
    return load(server, { path: '/token', forms, follow: 'refresh_token' }, seconds, pins);
  });
}

function givesToMachines(contender, seconds, pins) {
  return withServer(contender, pins, (server) => {
    const form = { grant_type: 'client_credentials', scope: 'users:read' };
    return load(server, asMachine(contender, '/token', form), seconds, pins);
  });
}

/** A user's token where there are users; where there are none, the machine's own. */
function introspects(contender, seconds, pins) {
  return withServer(contender, pins, async (server) => {
    const token = contender.ours ? await signIn(server) : await machineToken(server);
    const path = contender.introspection ?? '/introspect';
    return load(server, asMachine(contender, path, { token }), seconds, pins);
  });
}

function asMachine({ machine }, path, form) {
  return { path, forms: Array(CONNECTIONS).fill(form), headers: basic(machine) };
}

function load(server, { path, ...options }, seconds, pins) {
  const url = `${server.url}${path}`;
  return measureWarm(server, seconds, (time, { forms } = options) =>
    postForms({ ...options, url, forms, seconds: time }, pins),
  );
}

async function signInAs(server, person) {
  return post(server, { grant_type: 'password', ...person });
}

async function machineToken(server) {
  const form = { grant_type: 'client_credentials', scope: 'users:read' };
  return (await post(server, form, basic(server.contender.machine))).access_token;
}

async function post({ url }, form, headers = {}) {
  const body = new URLSearchParams(form);
  const response = await fetch(`${url}/token`, { method: 'POST', headers, body });
  if (response.status !== 200) throw new Error(`/token answered with ${response.status}`);
  return response.json();
}

function basic({ id, secret }) {
  return { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` };
}
