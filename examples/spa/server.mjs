// Serves this folder's page: CLIENT_ID=… [ISSUER=…] node examples/spa/server.mjs [port]
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const { CLIENT_ID = '', ISSUER = 'http://localhost:3000' } = process.env;
const port = Number(process.argv[2] ?? 5173);

/** These and nothing else: no path of a request ever becomes that of a file. */
const FILES = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/app.js', ['app.js', 'text/javascript; charset=utf-8']],
  ['/style.css', ['style.css', 'text/css; charset=utf-8']],
]);

/** What a policy in the page itself cannot say, or says too late. */
const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const server = createServer(async ({ method, url }, response) => {
  const [name, type] = FILES.get(new URL(url, 'http://localhost').pathname) ?? [];
  if (name === undefined) return response.writeHead(404, HEADERS).end('Not found\n');
  if (method !== 'GET' && method !== 'HEAD') {
    return response.writeHead(405, { ...HEADERS, Allow: 'GET, HEAD' }).end();
  }
  const text = await readFile(new URL(name, import.meta.url), 'utf8');
  const body = name === 'index.html' ? withSettings(text) : text;
  return response.writeHead(200, { ...HEADERS, 'Content-Type': type }).end(body);
});

server.listen(port, 'localhost', () => {
  process.stdout.write(`Open http://localhost:${server.address().port}/\n`);
});

/** Of an issuer below a path, the policy names the origin. */
function withSettings(page) {
  return page
    .replace('connect-src http://localhost:3000', `connect-src ${new URL(ISSUER).origin}`)
    .replace('name="issuer" content="http://localhost:3000"', `name="issuer" content="${ISSUER}"`)
    .replace('name="client-id" content=""', `name="client-id" content="${CLIENT_ID}"`);
}
