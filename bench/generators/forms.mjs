// node forms.mjs '{"url": …, "forms": [{…}], "headers": {…}, "follow": "refresh_token", "seconds": 4}'
// As many connections as forms, each posting its own again as soon as it is answered. With `follow`, that
// field of an answer takes its place in the next form, as a client does with its newest refresh token.
// Prints one line of JSON; ends with 1 when an answer is anything but 200.
import { Agent } from 'node:http';
import { percentile } from '../statistics.mjs';
import { postForm } from './exchange.mjs';

const { url, forms, headers = {}, follow, seconds } = JSON.parse(process.argv[2]);
const usage = process.cpuUsage();
const began = performance.now();
const until = began + seconds * 1000;
const latencies = [];
const last = await Promise.all(forms.map(keepPosting));
const elapsed = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(usage);
console.log(
  JSON.stringify({
    requests: latencies.length,
    seconds: elapsed,
    p99: percentile(latencies, 0.99),
    busy: (user + system) / 1e6 / elapsed,
    forms: last,
  }),
);

/** @returns the form that would be posted next */
async function keepPosting(first) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const form = { ...first };
  while (performance.now() < until) {
    const sent = performance.now();
    const { status, text } = await postForm(agent, url, form, headers);
    if (status !== 200) {
      console.error(`answered with ${status}`); // the text may hold a token
      process.exit(1);
    }
    latencies.push(performance.now() - sent);
    if (follow) form[follow] = JSON.parse(text)[follow];
  }
  agent.destroy();
  return form;
}
