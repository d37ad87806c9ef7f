import { STATUS_CODES } from 'node:http';
import type { Access } from '../auth/access.js';
import { headersOf } from './answer-headers.js';
import {
  bodyCauses,
  broken,
  type Cause,
  examplesOf,
  guardCauses,
  misfit,
  notFound,
  tooManyRequests,
} from './causes.js';
import { isOAuthEndpoint, oauthProblem } from '../platform/http/problem.js';
import { exampleFault } from './example-fault.js';
import type { Operation, Responses, Schemas } from './parts.js';
import { formCauses } from './form-causes.js';

const FORM = 'application/x-www-form-urlencoded';

/**
 * The answers of an operation with the errors that follow from what it takes and asks, an example of
 * each cause with them. What a handler says of an error itself stays, a 403 beside the guard's own.
 */
export function withErrors(
  operation: Operation,
  path: string,
  access: Access | undefined,
  schemas: Schemas = {},
): Responses {
  if (takesForm(operation)) {
    const answers = answersOf(formCauses(path), 'application/json', 'OAuthError');
    return { ...answers, ...operation.responses };
  }
  const fault = exampleFault(operation, schemas);
  const { 403: forbidden, ...others } = operation.responses as Record<string, OwnAnswer>;
  const isGuarded = access?.kind === 'bearer';
  const causes = [
    ...(isGuarded ? [...guardCauses(access), ...causesOf(forbidden)] : []),
    ...(path.includes('{') ? [notFound()] : []),
    ...(operation.requestBody ? bodyCauses() : []),
    ...(fault ? [misfit(fault)] : []),
    ...(isLimited(path) ? [tooManyRequests()] : []),
    broken(),
  ];
  const answers = isOAuthEndpoint(path)
    ? answersOf(causes.map(inOAuth), 'application/json', 'OAuthError')
    : answersOf(causes, 'application/problem+json', 'Problem');
  return isGuarded
    ? ({ 403: NEVER_YET, ...answers, ...others } as Responses)
    : { ...answers, ...operation.responses };
}

function inOAuth(cause: Cause): Cause {
  return { ...cause, body: oauthProblem(cause.body) as Cause['body'] };
}

/** As `@ApiProblem()` documents it. */
interface OwnAnswer {
  readonly description?: string;
  readonly content?: Readonly<Record<string, { readonly example: Cause['body'] }>>;
}

function causesOf({ description = '', content = {} }: OwnAnswer = {}): Cause[] {
  const examples = Object.values(content).map(({ example }) => example);
  return examples.map((body) => ({ name: 'refused', summary: description, body }));
}

/** Of a route that any token opens: who reads the document need not change when it is given a scope. */
const NEVER_YET = {
  description: 'Forbidden. Not sent as yet: any token opens this route',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

function answersOf(causes: readonly Cause[], mediaType: string, schema: string): Responses {
  const statuses = new Set(causes.map(({ body }) => body.status));
  const answers = [...statuses].map((status) => {
    const own = causes.filter(({ body }) => body.status === status);
    const content = {
      schema: { $ref: `#/components/schemas/${schema}` },
      ...examplesOf(own, ({ body }) => body),
    };
    return [
      status,
      {
        description: STATUS_CODES[status] ?? 'Error',
        headers: headersOf(own),
        content: { [mediaType]: content },
      },
    ];
  });
  return Object.fromEntries(answers) as Responses;
}

/** Whoever supervises the process asks as often as they like. */
function isLimited(path: string): boolean {
  return !path.startsWith('/health/');
}

function takesForm({ requestBody }: Operation): boolean {
  return requestBody !== undefined && 'content' in requestBody && FORM in requestBody.content;
}
