// node closed-loop.mjs '{"url": …, "token": …, "connections": 32, "seconds": 4}'
// autocannon in a process of its own. Prints one line of JSON; ends with 1 when a request failed, as then
// something else than a guarded request was measured.
import autocannon from 'autocannon';

const { url, token, connections, seconds } = JSON.parse(process.argv[2]);
const before = process.cpuUsage();
const result = await autocannon({
  url,
  connections,
  duration: seconds,
  headers: { authorization: `Bearer ${token}` },
});
const { user, system } = process.cpuUsage(before);
const failed = result.non2xx + result.errors;
if (failed > 0) {
  console.error(`${failed} requests failed: ${JSON.stringify(result.statusCodeStats)}`);
  process.exit(1);
}
console.log(
  JSON.stringify({
    requests: result.requests.total,
    seconds: result.duration,
    p99: result.latency.p99,
    busy: (user + system) / 1e6 / result.duration,
  }),
);
