// How many authorization code flows a second: a browser that is signed in and has consented asks for a code, and the
// client trades it for an access token, a refresh token and an id_token.
import { cookiesFor, goThrough, openBrowser } from './browser.mjs';
import { hallpass, oidcProviderCode } from './contenders.mjs';
import { whatLimited } from './limits.mjs';
import { codeFlows, measureWarm, withServer } from './load.mjs';
import { apart, describeMachine } from './machine.mjs';
import { table, TARGET_HEADER, targetRow } from './results.mjs';
import { cells, inTurn } from './rounds.mjs';
import { figure, medianOf, runsOf, spreadOf } from './statistics.mjs';

const SCOPE = 'openid profile';
/** As RFC 7636 has it in appendix B; this one only leads through the pages. */
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

export async function authorize({ seconds, runs, database }) {
  const head = describeMachine({
    packages: ['fastify', '@nestjs/core', 'typeorm', 'sqlite3', 'jsonwebtoken', 'oidc-provider'],
  });
  const pins = apart();
  const rows = await inTurn([hallpass(database), oidcProviderCode(database)], runs, {
    measure: (contender) => measure(contender, seconds, pins),
    told: ({ rate, cpu }) => `${figure(rate)} flows/s, ${figure(cpu, 1)} µs CPU each`,
  });
  const [ours, peer] = rows;
  return {
    'authorize targets': table(TARGET_HEADER, [
      targetRow('flows a second', medianOf(ours.results, 'rate'), { atLeast: 250, unit: '' }),
      ['flows a second ÷ node-oidc-provider', 'none', ...beside(ours, peer)],
    ]),
    authorize: [
      `${head} ${runsOf(runs, seconds)}, ${database.crowd.length} connections. ${pins.note}`,
      '',
      table(
        ['', 'flows/s', 'spread', 'p99 ms', 'CPU µs a flow', 'core busy'],
        rows.map((row) => [
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
      ...whatLimited([peer]), // ours may wait for the disk
    ].join('\n'),
  };
}

function measure(contender, seconds, pins) {
  return withServer(contender, pins, async (server) => {
    const cookies = await Promise.all(contender.crowd.map((person) => signIn(server, person)));
    const { relyingParties: clients } = contender;
    const flows = { url: server.url, cookies, clients, scope: SCOPE };
    return measureWarm(server, seconds, (time) => codeFlows({ ...flows, seconds: time }, pins));
  });
}

/** @returns the cookies of a browser whose person has consented to each client */
async function signIn({ url, contender }, person) {
  const browser = openBrowser(url);
  for (const { id, redirectUri } of contender.relyingParties) {
    const asked = new URLSearchParams({
      response_type: 'code',
      client_id: id,
      redirect_uri: redirectUri,
      scope: SCOPE,
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
    });
    const answer = await goThrough(browser, `/authorize?${asked}`, { person, target: redirectUri });
    const refused = answer.searchParams.get('error');
    if (refused) throw new Error(`/authorize answered with ${refused}`);
  }
  return cookiesFor(browser, '/authorize');
}

function beside(ours, peer) {
  if (peer.absence !== undefined) return ['–', `not compared: ${peer.absence}`];
  const ratio = medianOf(ours.results, 'rate') / medianOf(peer.results, 'rate');
  return [`${figure(ratio, 2)}×`, ''];
}
