// A single-page application that signs people in with Authorization Code + PKCE and OpenID Connect,
// without a library. RFC 6749 §4.1, RFC 7636, RFC 9207, OpenID Connect Core §3.1.

const meta = (name) => document.querySelector(`meta[name=${name}]`).content;
const ISSUER = meta('issuer');
const CLIENT_ID = meta('client-id');
const SCOPE = 'openid profile email tasks:read tasks:write';
const API = ISSUER; // Hallpass is both; yours may be another, whose origin connect-src then names too
const HERE = location.origin + location.pathname; // the redirect URI, as it is registered
const EARLY_MS = 30_000; // a token that expires within this is replaced before it is used

/** In memory alone. What is in storage every script of this origin can read, today's and next year's. */
let tokens; // { access, expiresAt, refresh, id, claims }
let server; // what the issuer says of itself
let refreshing; // the one refresh that is under way

/** What went wrong, and what the person or the developer can do about it. */
class Trouble extends Error {
  constructor(message, advice, code) {
    super(message);
    Object.assign(this, { advice, code });
  }
}

const AGAIN = 'Press Sign in to try again.';
const ADVICE = {
  access_denied: 'Without your consent there is nothing to show. Press Sign in to be asked anew.',
  invalid_scope: `Register the client with each of these scopes: ${SCOPE}`,
  unauthorized_client: 'Register the client with the grant authorization_code.',
  invalid_client: 'Is the client id that of a public client, and is the client enabled?',
  temporarily_unavailable: 'The server is busy. Wait a minute, then try again.',
};
function troubleOf(error, description = 'no reason given') {
  return new Trouble(`${description} (${error})`, ADVICE[error] ?? AGAIN, error);
}

async function ask(url, init) {
  try {
    return await fetch(url, init);
  } catch {
    const advice = `Does it run, and do its CORS_ORIGINS list ${location.origin}?`;
    throw new Trouble(`${new URL(url).origin} does not answer this page.`, advice);
  }
}

async function discover() {
  const response = await ask(`${ISSUER}/.well-known/openid-configuration`);
  const found = response.ok ? await response.json() : {};
  if (found.issuer === ISSUER && found.authorization_endpoint) return found;
  const advice = 'Is this its PUBLIC_URL, and has a client the grant authorization_code?';
  throw new Trouble(`${ISSUER} signs nobody in.`, advice);
}

// ---------------------------------------------------------------------------- there and back

/** Sends the browser to the server. The three secrets of this one request wait in sessionStorage, since
 *  memory does not outlive the way there; they are worth nothing without the code, or after it. */
async function signIn(more = {}) {
  server ??= await discover();
  const asked = { state: randomText(), nonce: randomText(), verifier: randomText(), ...more };
  sessionStorage.setItem('asked', JSON.stringify(asked));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(asked.verifier));
  return leaveFor(server.authorization_endpoint, {
    response_type: 'code',
    client_id: CLIENT_ID,
    redirect_uri: HERE,
    scope: SCOPE,
    state: asked.state,
    nonce: asked.nonce,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    ...more,
  });
}

/** Takes what the browser brought back: is it the answer to this page's own question, from that server? */
async function finishSignIn(answer, asked) {
  if (!asked || answer.get('state') !== asked.state) {
    throw new Trouble('This answer belongs to no question of this page.', AGAIN);
  }
  if (answer.get('iss') !== ISSUER) throw new Trouble('This answer is of another server.', AGAIN); // RFC 9207 §2.4
  const error = answer.get('error');
  if (asked.prompt === 'none' && error?.endsWith('_required')) return; // it has to ask: the person presses Sign in
  if (error) throw troubleOf(error, answer.get('error_description'));
  const form = { code: answer.get('code'), redirect_uri: HERE, code_verifier: asked.verifier };
  keep(await requestTokens({ grant_type: 'authorization_code', ...form }), { nonce: asked.nonce });
}

async function requestTokens(form) {
  const body = new URLSearchParams({ client_id: CLIENT_ID, ...form });
  const response = await ask(server.token_endpoint, { method: 'POST', body });
  const answer = await response.json();
  if (!response.ok) throw troubleOf(answer.error, answer.error_description);
  return answer;
}

function keep(answer, expected) {
  const { access_token: access, refresh_token: refresh = tokens?.refresh, id_token: id } = answer;
  const claims = id ? checkedClaims(id, expected) : tokens?.claims;
  if (!claims) throw new Trouble('The server did not say who signed in.', 'SCOPE needs openid.');
  const expiresAt = Date.now() + answer.expires_in * 1000;
  tokens = { access, expiresAt, refresh, id: id ?? tokens.id, claims };
}

/** OpenID Connect Core §3.1.3.7 and §12.2. The signature needs no check: point 6 lets TLS vouch for what comes
 *  from the token endpoint itself. An ID token from anywhere else would need one. */
function checkedClaims(idToken, { nonce, sub }) {
  const text = atob(idToken.split('.')[1].replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes));
  const isGood =
    claims.iss === ISSUER &&
    [claims.aud].flat().join() === CLIENT_ID && // for this client, and for no other besides
    claims.exp > Date.now() / 1000 &&
    (nonce ? claims.nonce === nonce : claims.sub === sub);
  if (!isGood) throw new Trouble('The ID token is not for this sign-in.', 'Is your clock right?');
  return claims;
}

// ---------------------------------------------------------------------------- with tokens

/** Calls with a fresh access token; one that is refused all the same is replaced once. */
async function call(url, { json, ...init } = {}) {
  const send = () => {
    const headers = { Authorization: `Bearer ${tokens.access}` };
    if (json) headers['Content-Type'] = 'application/json';
    return ask(url, { ...init, headers, body: json && JSON.stringify(json) });
  };
  if (Date.now() > tokens.expiresAt - EARLY_MS) await refreshTokens();
  let response = await send();
  if (response.status === 401) {
    await refreshTokens();
    response = await send();
  }
  const answer = await response.json();
  if (response.ok) return answer;
  throw new Trouble(answer.detail ?? `Answer ${response.status}`, 'Mend it and try again.');
}

/** One at a time: each refresh token is good once, and two that are sent end the session. RFC 9700 §4.14.2. */
function refreshTokens() {
  refreshing ??= renew().finally(() => (refreshing = undefined));
  return refreshing;
}

async function renew() {
  const { refresh: refresh_token, claims } = tokens;
  try {
    keep(await requestTokens({ grant_type: 'refresh_token', refresh_token }), { sub: claims.sub });
  } catch (error) {
    if (error.code !== 'invalid_grant') throw error; // what a busy server refuses may be sent again
    tokens = undefined;
    throw new Trouble('Your sign-in has ended.', 'Press Sign in to go on.');
  }
}

/** The tokens first (RFC 7009), for the way to the page may fail; then the browser's own sign-in at the server. */
async function signOut() {
  const { refresh: token, id } = tokens;
  tokens = undefined;
  sessionStorage.removeItem('signed-in');
  const body = new URLSearchParams({ client_id: CLIENT_ID, token });
  await ask(server.revocation_endpoint, { method: 'POST', body }).catch(() => undefined);
  // An ID token whose key is gone tells nothing any more; then the server asks, and the client id says who it is.
  const back = { id_token_hint: id, client_id: CLIENT_ID, post_logout_redirect_uri: HERE };
  return leaveFor(server.end_session_endpoint, back);
}

// ---------------------------------------------------------------------------- what is seen

const at = (id) => document.getElementById(id);

function show() {
  at('welcome').hidden = tokens !== undefined;
  at('signed-in').hidden = at('sign-out').hidden = tokens === undefined;
}

async function showPerson() {
  const { sub, name, preferred_username, email } = await call(server.userinfo_endpoint);
  if (sub !== tokens.claims.sub) throw new Trouble('The server spoke of somebody else.', AGAIN); // Core §5.3.2
  at('name').textContent = name ?? preferred_username ?? sub;
  at('email').textContent = email ? ` (${email})` : '';
}

async function showTasks() {
  const { items } = await call(`${API}/tasks?limit=100`);
  const lines = items.map(({ title, done }) => {
    const line = document.createElement('li');
    line.textContent = title; // never innerHTML: somebody else may have written it
    line.classList.toggle('done', done);
    return line;
  });
  at('tasks').replaceChildren(...lines);
  at('no-tasks').hidden = items.length > 0;
}

async function addTask() {
  await call(`${API}/tasks`, { method: 'POST', json: { title: at('title').value } });
  at('title').value = '';
  await showTasks();
}

/** Does something, one thing at a time, and shows what came of it. */
async function attempt(work) {
  if (at('status').textContent !== '') return;
  at('status').textContent = 'One moment…';
  at('trouble').hidden = true;
  try {
    await work();
  } catch (error) {
    at('trouble-what').textContent = error.message;
    at('trouble-advice').textContent = error.advice ?? 'Reload the page.';
    at('trouble').hidden = false;
  }
  at('status').textContent = '';
  show();
}

async function start() {
  if (!CLIENT_ID)
    throw new Trouble('This page has no client id.', 'README.md says how to get one.');
  server = await discover();
  const answer = new URLSearchParams(location.search);
  const asked = JSON.parse(sessionStorage.getItem('asked'));
  sessionStorage.removeItem('asked'); // good for one answer
  if (answer.has('code') || answer.has('error')) {
    history.replaceState(null, '', HERE); // no code in the history, and none sent again by a reload
    await finishSignIn(answer, asked);
  } else if (sessionStorage.getItem('signed-in')) {
    // The page was loaded anew. Who is still signed in at the server comes back without seeing it.
    sessionStorage.removeItem('signed-in');
    return signIn({ prompt: 'none' });
  }
  if (!tokens) return;
  sessionStorage.setItem('signed-in', 'yes'); // that, and no more
  await showPerson();
  await showTasks();
}

at('sign-in').addEventListener('click', () => attempt(() => signIn()));
at('sign-out').addEventListener('click', () => attempt(signOut));
at('add').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(addTask);
});
addEventListener('pageshow', ({ persisted }) => persisted && location.reload()); // the Back button
attempt(start);

// ---------------------------------------------------------------------------- tools

function leaveFor(endpoint, parameters) {
  location.assign(`${endpoint}?${new URLSearchParams(parameters)}`);
  return new Promise(() => {}); // nothing happens here any more
}

const randomText = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
