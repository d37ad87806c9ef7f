// node storm.mjs '{"url": …, "token": …, "connections": 32, "rate": 1000, "seconds": 4,
//                  "tokenUrl": …, "crowd": [{"username": …, "password": …}], "signInConnections": 16}'
//
// Two loads in one process:
// - people sign in, each connection again as soon as the last one is answered (a closed loop);
// - the guarded route is called at a fixed rate, whatever becomes of the calls before (an open loop). A
//   latency counts from the moment at which the request was due, so that a server which stalls is not
//   spared the requests that could not be sent meanwhile ("coordinated omission"), and neither are
//   delays of this process, which are printed too.
//
// autocannon has a rate as well, but sends each second's share in one burst, and corrects latencies by an
// interval of 1 ms whatever the rate is (its lib/run.js, 9.0).
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../statistics.mjs';

/** Sign-ins alone, until the server's threads are all busy. */
const LEAD_SECONDS = 1;
/** For answers that are still on their way when the last request has been due. */
const DRAIN_SECONDS = 5;

const options = JSON.parse(process.argv[2]);
const measured = { from: Infinity, to: Infinity };
const signIns = [];
const people = Array.from({ length: options.signInConnections }, (_, i) => keepSigningIn(i));
await sleep(LEAD_SECONDS * 1000);
measured.from = performance.now();
measured.to = measured.from + options.seconds * 1000;
const steady = await callSteadily();
await Promise.race([Promise.all(people), sleep(DRAIN_SECONDS * 1000)]);

const latencies = steady.map(({ due, answered }) => answered - due);
const within = signIns.filter(({ answered = Infinity }) => answered > measured.from);
console.log(
  JSON.stringify({
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    max: Math.max(...latencies),
    sentLate: percentile(
      steady.map(({ due, sent }) => sent - due),
      0.99,
    ),
    failed: steady.filter(({ status }) => status !== 200 && status !== undefined).length,
    unanswered: steady.filter(({ status }) => status === undefined).length,
    signIns: signInsPerSecond(),
    signInsRefused: within.map(({ status = 0 }) => status).filter((status) => status !== 200),
  }),
);
process.exit(); // whatever is still unanswered

async function keepSigningIn(i) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const person = options.crowd[i % options.crowd.length];
  const body = new URLSearchParams({ grant_type: 'password', ...person }).toString();
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  while (performance.now() < measured.to) {
    const one = { sent: performance.now() };
    signIns.push(one);
    one.status = await send(options.tokenUrl, { agent, method: 'POST', headers }, body);
    one.answered = performance.now();
  }
}

/**
 * One that reaches over an end of the measured time counts with the share that lies within: all sixteen may
 * end in the same moment, a second apart, and whole ones would be a matter of luck.
 */
function signInsPerSecond() {
  const shares = within
    .filter(({ status }) => status === 200)
    .map(({ sent, answered }) => {
      const inside = Math.min(answered, measured.to) - Math.max(sent, measured.from);
      return inside / (answered - sent);
    });
  return shares.reduce((sum, share) => sum + share, 0) / options.seconds;
}

/** @returns for each call when it was due, sent and answered; for one without an answer, when waiting ended */
async function callSteadily() {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.connections, // more wait here, and their time counts
    scheduling: 'fifo', // each connection is used before the server finds it idle
  });
  const headers = { authorization: `Bearer ${options.token}` };
  const count = options.rate * options.seconds;
  const calls = [];
  const answers = [];
  const begin = performance.now();
  while (calls.length < count) {
    const now = performance.now();
    for (;;) {
      const due = begin + (calls.length * 1000) / options.rate;
      if (due > now || calls.length === count) break;
      const call = { due, sent: performance.now() };
      calls.push(call);
      answers.push(
        send(options.url, { agent, headers }).then((status) =>
          Object.assign(call, { status, answered: performance.now() }),
        ),
      );
    }
    await sleep(1);
  }
  await Promise.race([Promise.all(answers), sleep(DRAIN_SECONDS * 1000)]);
  const end = performance.now();
  return calls.map((call) => ({ answered: end, ...call }));
}

/** @returns the status of the answer, read to its end; 0 for a broken connection */
function send(url, settings, body) {
  return new Promise((resolve) => {
    const call = request(url, settings, (response) => {
      response.on('end', () => resolve(response.statusCode)).resume();
    });
    call.on('error', () => resolve(0));
    call.end(body);
  });
}
