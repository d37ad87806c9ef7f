// Who is compared. What each peer is, and why that is fair, stands at the head of its file.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PYTHON } from './machine.mjs';

const DEBIAN_PACKAGES =
  'python3-fastapi python3-uvicorn python3-jose python3-passlib python3-bcrypt python3-multipart python3-uvloop python3-httptools';

/** As long as a token of Hallpass, for a route that does not look at it: the request stays as large. */
const UNREAD_TOKEN = 'x'.repeat(560);

/** The built server as in production: `dist/src/main.js` on the prepared database (database.mjs). */
export function hallpass(database, { nodeArguments = [] } = {}) {
  return {
    name: 'Hallpass',
    command: [process.execPath, ...nodeArguments, absolute('../dist/src/main.js')],
    cwd: database.folder, // no .env of whoever measures
    env: database.environment,
    ready: { path: '/health/ready', status: 200 },
    person: database.reader,
    crowd: database.crowd,
    machine: database.machine,
    relyingParties: database.relyingParties,
    ours: true,
  };
}

export function fastifyHs256() {
  return byHand('[Fastify by hand, HS256](peers/fastify-hs256.mjs)', 'peers/fastify-hs256.mjs');
}

export function fastifyEs256() {
  return byHand(
    '[Fastify by hand, ES256 on each request](peers/fastify-es256.mjs)',
    'peers/fastify-es256.mjs',
  );
}

/** @param login `async` as in the tutorial, or `pool` for FastAPI's own thread pool */
export function fastapi({ login }) {
  const johndoe = { username: 'johndoe', password: 'secret' };
  const variant = login === 'pool' ? ', login in the thread pool' : '';
  return {
    name: `[FastAPI's tutorial${variant}](peers/fastapi_tutorial.py)`,
    command: [PYTHON, absolute('peers/fastapi_tutorial.py')],
    env: { LOGIN: login },
    ready: { path: '/users/me', status: 401 },
    person: johndoe,
    crowd: [johndoe], // it counts no attempts, so one person can sign in from everywhere
    absence: fastapiAbsence,
  };
}

/** @param tokens `jwt` or `opaque` */
export function oidcProvider({ machine }, { tokens = 'jwt' } = {}) {
  const what = tokens === 'jwt' ? 'client_credentials' : 'introspection of an opaque token';
  return {
    name: `[node-oidc-provider, ${what}](peers/oidc-provider.mjs)`,
    command: [process.execPath, absolute('peers/oidc-provider.mjs')],
    env: {
      NODE_ENV: 'production',
      TOKENS: tokens,
      CLIENT_ID: machine.id,
      CLIENT_SECRET: machine.secret,
    },
    ready: { path: '/.well-known/openid-configuration', status: 200 },
    introspection: '/token/introspection',
    machine,
  };
}

/** One client of it is enough: it ends nobody's session for another. */
export function oidcProviderCode({ crowd, relyingParties: [client] }) {
  return {
    name: '[node-oidc-provider](peers/oidc-provider-code.mjs)',
    command: [process.execPath, absolute('peers/oidc-provider-code.mjs')],
    env: {
      NODE_ENV: 'production',
      CLIENT_ID: client.id,
      CLIENT_SECRET: client.secret,
      REDIRECT_URI: client.redirectUri,
    },
    ready: { path: '/.well-known/openid-configuration', status: 200 },
    crowd,
    relyingParties: [client],
  };
}

/** One rung of peers/ladder.mjs. */
export function rung({ id, name, guarded }, database) {
  return {
    name,
    command: [process.execPath, absolute('peers/ladder.mjs')],
    cwd: database.folder,
    env: { ...database.environment, RUNG: id },
    path: guarded ? '/users/me' : '/public/me',
    ready: guarded ? { path: '/users/me', status: 401 } : { path: '/public/me', status: 200 },
    person: database.reader,
    token: guarded ? undefined : UNREAD_TOKEN,
  };
}

function byHand(name, file) {
  return {
    name,
    command: [process.execPath, absolute(file)],
    env: { NODE_ENV: 'production' },
    ready: { path: '/users/me', status: 401 },
    person: {}, // whoever asks
  };
}

/** @returns why it cannot be started, or null */
function fastapiAbsence() {
  const imports =
    'import fastapi, uvicorn, jose, passlib.hash, bcrypt, multipart, uvloop, httptools';
  const { error, status, stderr } = spawnSync(PYTHON, ['-c', imports], { encoding: 'utf8' });
  if (error) return `there is no ${PYTHON}`;
  if (status === 0) return null;
  return `${stderr.trim().split('\n').at(-1)} (\`apt-get install ${DEBIAN_PACKAGES}\`)`;
}

function absolute(file) {
  return fileURLToPath(new URL(file, import.meta.url));
}
