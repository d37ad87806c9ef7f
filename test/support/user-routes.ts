import type { TestApp } from './app.js';
import { type Answer, bearer, call } from './http.js';

let invited = 0;

/** The routes of `/users`, called with one token. */
export class UserRoutes {
  constructor(
    private readonly service: Pick<TestApp, 'url'>,
    private readonly token?: string,
    private readonly headers: Record<string, string> = {},
  ) {}

  /** Somebody whom no other test knows, unless told otherwise. */
  invite(changes: object = {}): Promise<Answer> {
    const username = `invited-${++invited}`;
    return this.json('POST', '/users', { username, email: `${username}@example.com`, ...changes });
  }

  list(query = ''): Promise<Answer> {
    return this.plain('GET', `/users${query}`);
  }

  read(id: string): Promise<Answer> {
    return this.plain('GET', `/users/${id}`);
  }

  change(id: string, changes: object): Promise<Answer> {
    return this.json('PATCH', `/users/${id}`, changes);
  }

  delete(id: string): Promise<Answer> {
    return this.plain('DELETE', `/users/${id}`);
  }

  mailLink(id: string): Promise<Answer> {
    return this.plain('POST', `/users/${id}/password-reset`);
  }

  /** Every id that a query lists, page by page. */
  async idsOf(query: string): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const { status, body, text } = await this.list(`?${query}${cursor}`);
      if (status !== 200) throw new Error(`not listed: ${text}`);
      ids.push(...(body.items as { id: string }[]).map(({ id }) => id));
      if (body.next === null) return ids;
      cursor = `&cursor=${body.next}`;
    }
  }

  private plain(method: string, path: string, init: RequestInit = {}): Promise<Answer> {
    const token = this.token === undefined ? {} : bearer(this.token);
    const headers = { ...this.headers, ...token, ...(init.headers as Record<string, string>) };
    return call(`${this.service.url}${path}`, { ...init, method, headers });
  }

  private json(method: string, path: string, body: object): Promise<Answer> {
    const headers = { 'content-type': 'application/json' };
    return this.plain(method, path, { headers, body: JSON.stringify(body) });
  }
}
