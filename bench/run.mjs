// npm run bench -- [--seconds 5] [--runs 5]
// Calls GET /users/me of Hallpass and of each peer in turn, over and over, and writes the medians and
// their ratios into RESULTS.md. A ratio compares what ran in the same minutes on the same machine.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    runs: { type: 'string', default: '5' },
  },
});
const seconds = Number(values.seconds);
const runs = Number(values.runs);
const CONNECTIONS = 32;

/** Each prints a line when it is ready; `token` finds the bearer token to call it with. */
const contenders = [
  {
    name: 'Hallpass, ES256, with headers, request id, guard and session check',
    file: 'dist/src/demo.js',
    token: (_line, port) => signIn(port),
  },
  { name: 'Fastify by hand, HS256', file: 'bench/peers/fastify-hs256.mjs', token: (line) => line },
  {
    name: 'Fastify by hand, ES256 verified each time',
    file: 'bench/peers/fastify-es256.mjs',
    token: (line) => line,
  },
];

async function signIn(port) {
  const body = new URLSearchParams({ username: 'johndoe', password: 'secret' });
  const response = await fetch(`http://127.0.0.1:${port}/token`, { method: 'POST', body });
  return (await response.json()).access_token;
}

async function start({ file, token }, port) {
  const env = { ...process.env, NODE_ENV: 'development', LOG_LEVEL: 'warn', PORT: String(port) };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.trim() !== '') resolve(text.trim());
    });
    child.on('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { child, bearer: await token(line, port) };
}

async function measure(contender, port) {
  const { child, bearer } = await start(contender, port);
  const shoot = (duration) =>
    autocannon({
      url: `http://127.0.0.1:${port}/users/me`,
      connections: CONNECTIONS,
      duration,
      headers: { authorization: `Bearer ${bearer}` },
    });
  await shoot(1); // warm
  const { requests, latency, non2xx, errors } = await shoot(seconds);
  child.kill('SIGTERM');
  if (non2xx + errors > 0)
    throw new Error(`${contender.name}: ${non2xx} refused, ${errors} errors`);
  return { rate: requests.average, p99: latency.p99 };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

const results = contenders.map(() => []);
for (let run = 0; run < runs; run += 1) {
  for (const [i, contender] of contenders.entries()) {
    results[i].push(await measure(contender, 3900 + i));
    console.log(`${run + 1}/${runs} ${contender.name}: ${Math.round(results[i].at(-1).rate)}/s`);
  }
}

const ours = median(results[0].map(({ rate }) => rate));
const rows = contenders.map(({ name }, i) => {
  const rates = results[i].map(({ rate }) => rate);
  const spread = `${Math.round(Math.min(...rates))} to ${Math.round(Math.max(...rates))}`;
  const p99 = median(results[i].map((result) => result.p99));
  return `| ${name} | ${Math.round(median(rates))} | ${spread} | ${p99} | ${(ours / median(rates)).toFixed(2)} |`;
});
const page = `# Results

\`npm run bench\` wrote this page: GET /users/me, ${CONNECTIONS} connections, one process each, ${runs} runs of
${seconds} s in turn, medians. The load generator shares the machine, so only the ratios carry over.

Node ${process.version}, ${cpus().length} × ${cpus()[0].model.trim()}

| | requests/s | spread | p99 ms | Hallpass ÷ this |
| --- | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
writeFileSync('bench/RESULTS.md', page);
console.log(`\n${page}`);
