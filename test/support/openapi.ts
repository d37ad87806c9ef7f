import type { OpenAPIObject } from '@nestjs/swagger';
import { SCOPES } from '../../src/auth/scopes.js';
import type { JsonSchema } from './json-schema.js';

/** An operation, as much of it as the tests read. */
export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: ReadonlyArray<Readonly<Record<string, readonly string[]>>>;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: JsonSchema;
}

export interface Answer {
  readonly description?: string;
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, Header>>;
}

type Header = Exemplified & { readonly $ref?: string; readonly description?: string };

type Content = Readonly<Record<string, Exemplified & { readonly schema: JsonSchema }>>;

interface Exemplified {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly summary: string; value: unknown }>>;
}

export interface NamedOperation {
  /** `GET /tasks/{id}` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Every operation of a document, in its order. */
export function operationsOf({ paths }: OpenAPIObject): NamedOperation[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([key]) => METHODS.has(key))
      .map(([lower, operation]: [string, Operation]) => {
        const method = lower.toUpperCase();
        return { name: `${method} ${path}`, method, path, operation };
      }),
  );
}

/** Whether the docs say that a machine's token opens it, too. */
export function isForMachines({ operation }: NamedOperation): boolean {
  return operation.description?.endsWith('a machine may call too.') === true;
}

/** The scopes that a token needs here; null where a token makes no difference. */
export function scopesOf({ security = [] }: Operation): readonly string[] | null {
  return security[0]?.['OAuth2'] ?? null;
}

/** Every scope that an operation needs, with its text. */
export function scopeTexts(operations: readonly NamedOperation[]): Record<string, string> {
  const needed = new Set(operations.flatMap(({ operation }) => scopesOf(operation) ?? []));
  const texts = Object.entries(SCOPES).map(([scope, { text }]) => [scope, text] as const);
  return Object.fromEntries(texts.filter(([scope]) => needed.has(scope)));
}

/** Whether a caller without a token is refused. */
export function needsToken({ security = [] }: Operation): boolean {
  return security.length > 0 && security.every((way) => Object.keys(way).length > 0);
}

/** The one answer that an operation gives when all is well. */
export function successOf({ responses }: Operation): [status: number, answer: Answer] {
  const [first, ...more] = Object.entries(responses).filter(([status]) => Number(status) < 400);
  if (!first || more.length > 0) throw new Error('not one success');
  return [Number(first[0]), first[1]];
}

/** Every documented answer of 400 or more. */
export function errorsOf({ responses }: Operation): Array<[status: number, answer: Answer]> {
  return Object.entries(responses)
    .map(([status, answer]): [number, Answer] => [Number(status), answer])
    .filter(([status]) => status >= 400);
}

/** Each example by its name; one that has none is called `only`. */
export function examplesOf({ example, examples }: Exemplified = {}): Record<string, unknown> {
  if (!examples) return example === undefined ? {} : { only: example };
  return Object.fromEntries(Object.entries(examples).map(([name, { value }]) => [name, value]));
}

/** The one media type and schema of an answer or a body; undefined when it has none. */
export function contentOf(content: Content = {}) {
  const [first, ...more] = Object.entries(content);
  if (more.length > 0) throw new Error('more than one media type');
  return first && { mediaType: first[0], ...first[1] };
}
