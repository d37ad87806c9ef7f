import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** the body as JSON; undefined when it is none */
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever it expects out of it
  readonly body: any;
}

/** One request over real HTTP; no redirect is followed. */
export async function call(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** Posts a form, as an OAuth client does. */
export function postForm(
  url: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  return call(url, { method: 'POST', headers: { ...type, ...headers }, body });
}

export function sendJson(
  url: string,
  method: string,
  value: unknown,
  token?: string,
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(token ? bearer(token) : {}) };
  return call(url, { method, headers, body: JSON.stringify(value) });
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Signs in, and fails the test when that fails. */
export async function signIn(
  base: string,
  username = 'johndoe',
  password = 'secret',
  scope?: string,
): Promise<string> {
  const answer = await postForm(`${base}/token`, {
    username,
    password,
    ...(scope === undefined ? {} : { scope }),
  });
  if (answer.status !== 200) throw new Error(`sign-in failed: ${answer.text}`);
  return answer.body.access_token as string;
}

/** Sends bytes that no HTTP client would, and reads until the server closes. */
export function rawRequest(base: string, request: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setTimeout(5000, () => socket.destroy(new Error(`no end of answer: ${answer}`)));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('end', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
