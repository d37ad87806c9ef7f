import { Consents } from '../../src/consents/consents.js';
import { OPERATOR } from '../../src/platform/audit/audit.js';
import type { TestApp } from './app.js';
import { addClient } from './clients.js';
import { type Answer, bearer, call, postForm, signIn } from './http.js';
import { Schemas } from './json-schema.js';
import { contentOf, type NamedOperation, operationsOf, scopeTexts } from './openapi.js';
import { somebody } from './people.js';

const FORM = 'application/x-www-form-urlencoded';

/** What the examples of passwords in the document are. */
const PASSWORD_EXAMPLE = 'secret';

/** Calls operations by what the document says of them alone, as an administrator with every scope in it. */
export class DocumentCaller {
  readonly operations: readonly NamedOperation[];
  readonly schemas: Schemas;
  private token = '';
  private userId = '';

  private constructor(
    private readonly service: TestApp,
    document: ConstructorParameters<typeof Schemas>[0],
  ) {
    this.operations = operationsOf(document);
    this.schemas = new Schemas(document);
  }

  static async of(service: TestApp): Promise<DocumentCaller> {
    const caller = new DocumentCaller(service, (await call(`${service.url}/openapi.json`)).body);
    await caller.becomeSomebody();
    return caller;
  }

  /** Somebody who is there for this alone, as some operations change their caller for good. */
  async becomeSomebody(): Promise<void> {
    const { id, username } = await somebody(this.service, {
      password: PASSWORD_EXAMPLE,
      role: 'admin',
      emailVerified: false,
    });
    this.userId = id;
    const scope = Object.keys(scopeTexts(this.operations)).join(' ');
    this.token = await signIn(this.service.url, username, PASSWORD_EXAMPLE, scope);
  }

  /**
   * Somebody else where the last operation was the caller's own end: a new password, for one.
   *
   * @returns whether it was
   */
  async stayAlive(): Promise<boolean> {
    const { status } = await call(`${this.service.url}/users/me`, { headers: this.headers });
    if (status === 401) await this.becomeSomebody();
    return status === 401;
  }

  get headers(): { authorization: string } {
    return bearer(this.token);
  }

  /** The body of an operation as its examples have it; undefined when it takes none. */
  sampleOf({ operation }: NamedOperation): Readonly<Record<string, unknown>> | undefined {
    const content = contentOf(operation.requestBody?.content);
    return content && (this.schemas.sample(content.schema) as Record<string, unknown>);
  }

  /** @param at the path and query to call; when left out, those of something that is there */
  async send(
    one: NamedOperation,
    body: unknown = this.sampleOf(one),
    at?: string,
    headers: Readonly<Record<string, string>> = this.headers,
  ): Promise<Answer> {
    const url = `${this.service.url}${at ?? (await this.fill(one.path))}`;
    const { method, operation } = one;
    if (body === undefined) return call(url, { method, headers });
    if (contentOf(operation.requestBody?.content)?.mediaType !== FORM) {
      const type = { 'content-type': 'application/json' };
      return call(url, { method, headers: { ...type, ...headers }, body: JSON.stringify(body) });
    }
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(body ?? {})) form.append(name, asText(value));
    return postForm(url, form.toString());
  }

  /** A path with the id of something that is there: what its collection makes of its own example. */
  async fill(path: string): Promise<string> {
    const [, collection, parameter = '', rest] = /^(.+)\/\{(\w+)\}(.*)$/.exec(path) ?? [];
    if (collection === undefined) return path;
    const at = await this.fill(collection);
    return `${at}/${await this.memberOf(collection, at, parameter)}${rest}`;
  }

  private async memberOf(collection: string, at: string, parameter: string): Promise<string> {
    const create = this.operations.find(({ name }) => name === `POST ${collection}`);
    if (create) {
      const made = await this.send(create, this.unique(create), at);
      if (made.status !== 201) throw new Error(`${create.name}: ${made.text}`);
      return made.body[parameter] as string;
    }
    if (collection === '/users/me/consents') await this.letIn();
    const { body } = await call(`${this.service.url}${at}`, { headers: this.headers });
    return body.items[0][parameter] as string;
  }

  /** No operation gives a consent: that is done on a page. */
  private async letIn(): Promise<void> {
    const client = await addClient(this.service);
    await this.service.app.get(Consents).give(this.userId, client, ['openid'], OPERATOR);
  }

  /** Names that only one can have. */
  private unique(one: NamedOperation): unknown {
    const sample = this.sampleOf(one);
    if (!sample || !('username' in sample)) return sample;
    const username = `made-${++made}`;
    return { ...sample, username, email: `${username}@example.com` };
  }
}

let made = 0;

/** What a form or a URL can hold of a value. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
