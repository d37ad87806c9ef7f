import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export const CALLBACK = 'https://app.example.com/callback';
export const JOHN = { username: 'johndoe', password: 'a & b' };

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string;
}
type Page = (request: IncomingMessage, form: URLSearchParams) => Answer;

const TOKENS = { access_token: 'a', refresh_token: 'r', id_token: idTokenFor('app') };

/** Pages as those of an authorization server, any of which may be another one; for who walks through them. */
export async function serveSignInPages(others: Record<string, Page> = {}) {
  const pages: Record<string, Page> = { ...PAGES, ...others };
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const form = new URLSearchParams(await text(request));
    const page = pages[`${request.method} ${request.url?.split('?')[0]}`];
    return page ? page(request, form) : { status: 404 };
  };
  const server = createServer(async (request, response) => {
    const { status = 200, headers = {}, body = '' } = await answer(request);
    response.writeHead(status, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close().closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** The answer of POST /token. */
export function tokens(changed: object = {}): Page {
  return () => ({ body: JSON.stringify({ ...TOKENS, ...changed }) });
}

/** The answer of GET /authorize: back to the client, with the state that it sent. */
export function sentBack(parameters: Record<string, string>): Page {
  return ({ url = '' }) => {
    const state = new URLSearchParams(url.split('?')[1]).get('state') ?? '';
    return to(`${CALLBACK}?${new URLSearchParams({ state, ...parameters })}`);
  };
}

export function idTokenFor(aud: string): string {
  return `h.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.s`;
}

const PAGES: Record<string, Page> = {
  // Under the name that the public knows, which whoever walks through does not leave for.
  'GET /authorize': (request, form) => {
    if (!holds(request, 'session=s1')) return to('https://id.example.com/sign-in?continue=a%26b');
    if (!holds(request, 'consent=given')) return to('/consent?continue=a%26b');
    return sentBack({ code: 'c0de' })(request, form);
  },
  'GET /sign-in': () => ({
    headers: { 'set-cookie': ['form=f1; Path=/; HttpOnly', 'other=x; Path=/elsewhere'] },
    body: `<form action="/language" method="get"></form>
      <form action="/sign-in" method="post">${hidden('f1&f1')}
        <input name="username"><input name="password" type="password"></form>`,
  }),
  'POST /sign-in': (request, form) => {
    const good = holds(request, 'form=f1') && !holds(request, 'other=x') && fits(form, 'f1&f1');
    if (!good || form.get('username') !== JOHN.username || form.get('password') !== JOHN.password) {
      return { status: 401, body: '<form method="post"></form>' };
    }
    return to('/consent?continue=a%26b', ['session=s1; Path=/', 'form=; Path=/; Max-Age=0']);
  },
  'GET /consent': () => ({
    body: `<form method="post">${hidden('"f2"')}
      <button name="decision" value="deny">No</button>
      <button name="decision" value="approve">Yes</button></form>`,
  }),
  'POST /consent': (request, form) => {
    const good =
      !holds(request, 'form=') && fits(form, '"f2"') && form.get('decision') === 'approve';
    return good ? to('/authorize', ['consent=given; Path=/']) : { status: 403 };
  },
  'POST /token': tokens(),
};

function to(location: string, cookies: string[] = []): Answer {
  return { status: 303, headers: { location, 'set-cookie': cookies } };
}

function hidden(csrf: string): string {
  const escaped = csrf.replaceAll('&', '&amp;').replaceAll('"', '&#34;');
  return `<input type="hidden" name="csrf" value="${escaped}">
    <input type="hidden" name="continue" value="a&amp;b">`;
}

function fits(form: URLSearchParams, csrf: string): boolean {
  return form.get('csrf') === csrf && form.get('continue') === 'a&b';
}

function holds({ headers }: IncomingMessage, cookie: string): boolean {
  return `; ${headers.cookie ?? ''}`.includes(`; ${cookie}`);
}
