import { createHash, randomBytes } from 'node:crypto';
import { type Answer, call } from './http.js';

/** What a page's form sends besides what is typed. */
interface Form {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
}

/** A person with a browser that shows nothing: it keeps cookies, sends the forms it was given, and follows no redirect. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  constructor(
    readonly base: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** @param target a path, or a URL that a redirect named */
  get(target: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(new URL(target, `${this.base}/`).href, { headers });
  }

  /** Sends the form of a page that `get()` answered, as a browser does from that page. */
  submit(page: Answer, typed: Readonly<Record<string, string>>): Promise<Answer> {
    const { action, hidden } = formOf(page.text);
    return this.post(action, { ...hidden, ...typed });
  }

  /** A form from our own origin, unless the headers say otherwise. */
  post(
    path: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.send(new URL(path, `${this.base}/`).href, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: new URL(this.base).origin,
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** Signs in on the page of a path, and fails the test when that fails. */
  async signIn(username = 'alice', password = 'secret2', path = 'sign-in'): Promise<Answer> {
    const answer = await this.submit(await this.get(path), { username, password });
    if (answer.status !== 303) throw new Error(`sign-in failed: ${answer.status} ${answer.text}`);
    return answer;
  }

  /** Goes where a redirect leads, as long as that is here; the last answer may be a redirect to somebody else. */
  async follow(answer: Answer): Promise<Answer> {
    const location = answer.headers.get('location');
    if (location === null) return answer;
    const url = new URL(location, `${this.base}/`);
    return url.origin === new URL(this.base).origin
      ? this.follow(await this.get(url.href))
      : answer;
  }

  private async send(url: string, init: RequestInit & { headers: Record<string, string> }) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...this.headers, ...(cookie && { cookie }), ...init.headers };
    const answer = await call(url, { ...init, headers });
    for (const text of answer.headers.getSetCookie()) this.keep(text);
    return answer;
  }

  private keep(text: string): void {
    const [pair = ''] = text.split(';');
    const [name = '', value = ''] = pair.split('=');
    if (/;\s*max-age=0/i.test(text)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** The one form of a page. */
export function formOf(html: string): Form {
  const action = /<form method="post" action="([^"]*)"/.exec(html)?.[1];
  if (action === undefined) throw new Error(`the page has no form: ${html}`);
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  return {
    action,
    hidden: Object.fromEntries([...inputs].map(([, name, value]) => [name, value])),
  };
}

/** A verifier and its challenge. RFC 7636 §4. */
export function pkce(verifier = randomBytes(32).toString('base64url')) {
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export interface Asked {
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly [parameter: string]: string | undefined;
}

/** The path that asks for a code; undefined leaves a parameter out. */
export function authorizePath(asked: Asked): string {
  const usual = { response_type: 'code', code_challenge_method: 'S256', state: 'a state' };
  const sent = Object.entries({ ...usual, ...asked }).filter(([, value]) => value !== undefined);
  return `authorize?${new URLSearchParams(sent as [string, string][])}`;
}

/** The parameters that a redirect took to the client. */
export function answerOf({ headers }: Answer): Readonly<Record<string, string>> {
  const location = headers.get('location');
  if (location === null) throw new Error('this is no redirect');
  return Object.fromEntries(new URL(location).searchParams);
}
