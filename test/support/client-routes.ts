import type { TestApp } from './app.js';
import { type Answer, bearer, call, postForm, sendJson } from './http.js';
import { basic } from './oauth.js';

/** What a test registers, unless it says otherwise: a machine that may read tasks. */
export const NEW_MACHINE = {
  name: 'Report builder',
  confidential: true,
  grants: ['client_credentials'],
  scopes: ['tasks:read'],
};

export interface Registered {
  readonly id: string;
  readonly secret: string;
}

/** The routes of `/clients`, called with one token. */
export class ClientRoutes {
  constructor(
    private readonly service: Pick<TestApp, 'url'>,
    private readonly token?: string,
  ) {}

  create(changes: object = {}): Promise<Answer> {
    return this.json('POST', '/clients', { ...NEW_MACHINE, ...changes });
  }

  /** @throws {Error} when it is refused */
  async made(changes: object = {}): Promise<Registered> {
    const { status, body, text } = await this.create(changes);
    if (status !== 201) throw new Error(`not registered: ${text}`);
    return body as Registered;
  }

  list(query = ''): Promise<Answer> {
    return this.plain('GET', `/clients${query}`);
  }

  read(id: string): Promise<Answer> {
    return this.plain('GET', `/clients/${id}`);
  }

  change(id: string, changes: object): Promise<Answer> {
    return this.json('PATCH', `/clients/${id}`, changes);
  }

  delete(id: string): Promise<Answer> {
    return this.plain('DELETE', `/clients/${id}`);
  }

  makeSecret(id: string): Promise<Answer> {
    return this.plain('POST', `/clients/${id}/secret`);
  }

  withdraw(id: string, query = ''): Promise<Answer> {
    return this.plain('DELETE', `/clients/${id}/secret${query}`);
  }

  private plain(method: string, path: string): Promise<Answer> {
    const headers = this.token === undefined ? {} : bearer(this.token);
    return call(`${this.service.url}${path}`, { method, headers });
  }

  private json(method: string, path: string, body: object): Promise<Answer> {
    return sendJson(`${this.service.url}${path}`, method, body, this.token);
  }
}

/** Asks for a machine's token. */
export function askAsMachine(
  { url }: Pick<TestApp, 'url'>,
  { id, secret }: Registered,
  fields: Record<string, string> = {},
): Promise<Answer> {
  const form = { grant_type: 'client_credentials', ...fields };
  return postForm(`${url}/token`, form, basic(`${id}:${secret}`));
}

/** A machine's token, and a failed test when there is none. */
export async function machineToken(
  service: Pick<TestApp, 'url'>,
  machine: Registered,
): Promise<string> {
  const { status, body, text } = await askAsMachine(service, machine);
  if (status !== 200) throw new Error(`no token: ${text}`);
  return body.access_token as string;
}
