// node flows.mjs '{"url": …, "cookies": ["…"], "clients": [{"id": …, "secret": …, "redirectUri": …}], "scope": …, "seconds": 4}'
// As many connections as cookies, each with a browser that is signed in and has consented to each client. The
// next flow begins as soon as the last one is over: GET /authorize with a PKCE pair and a state of its own,
// then the code for tokens by POST /token, for the next of the clients.
// Prints one line of JSON; ends with 1 when a flow does not end with all three tokens.
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { percentile } from '../statistics.mjs';
import { exchange, postForm } from './exchange.mjs';

const { url, cookies, clients, scope, seconds } = JSON.parse(process.argv[2]);
const usage = process.cpuUsage();
const began = performance.now();
const until = began + seconds * 1000;
const latencies = [];
try {
  await Promise.all(cookies.map(keepSigningIn));
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
const elapsed = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(usage);
console.log(
  JSON.stringify({
    requests: latencies.length,
    seconds: elapsed,
    p99: percentile(latencies, 0.99),
    busy: (user + system) / 1e6 / elapsed,
  }),
);

async function keepSigningIn(cookie, connection) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let flow = connection; performance.now() < until; flow += 1) {
    const client = clients[flow % clients.length];
    const verifier = randomBytes(32).toString('base64url');
    const sent = performance.now();
    const code = await authorize(agent, { cookie, client, verifier });
    await redeem(agent, { client, code, verifier });
    latencies.push(performance.now() - sent);
  }
  agent.destroy();
}

/** @returns the code */
async function authorize(agent, { cookie, client, verifier }) {
  const state = randomBytes(12).toString('base64url');
  const asked = new URLSearchParams({
    response_type: 'code',
    client_id: client.id,
    redirect_uri: client.redirectUri,
    scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const { status, headers } = await exchange(agent, `${url}/authorize?${asked}`, {
    headers: { cookie },
  });
  const { location = '' } = headers;
  if (status !== 303) throw new Error(`/authorize answered with ${status}`);
  if (!location.startsWith(`${client.redirectUri}?`)) {
    throw new Error(`/authorize led to ${location.split('?')[0]}`); // the rest may be a secret
  }
  const answer = new URL(location).searchParams;
  if (answer.has('error')) throw new Error(`/authorize answered with ${answer.get('error')}`);
  if (answer.get('state') !== state) throw new Error('/authorize answered with another state');
  if (!answer.get('code')) throw new Error('/authorize answered without a code');
  return answer.get('code');
}

async function redeem(agent, { client, code, verifier }) {
  const form = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: client.redirectUri,
    code_verifier: verifier,
  };
  const basic = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  const { status, text } = await postForm(agent, `${url}/token`, form, {
    authorization: `Basic ${basic}`,
  });
  if (status !== 200) throw new Error(`/token answered with ${status}`); // the text may hold a token
  const tokens = JSON.parse(text);
  for (const token of ['access_token', 'refresh_token', 'id_token']) {
    if (!tokens[token]) throw new Error(`/token answered without ${token}`);
  }
  const { aud } = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'));
  if (aud !== client.id) throw new Error("/token answered with another client's id_token");
}
