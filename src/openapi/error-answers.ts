import type { OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { BODY_LIMIT_BYTES } from '../platform/http/server.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

type Rule = Readonly<Partial<Record<'minimum' | 'maximum' | 'minLength' | 'maxLength', number>>>;
type Field = readonly [name: string, rule: Rule];

const JSON_TYPE = 'application/json';
const TOO_LARGE = `The body is larger than ${BODY_LIMIT_BYTES} bytes`;
const FORM = 'application/x-www-form-urlencoded';

/** The two shapes of an error. */
export const ERROR_SCHEMAS: Schemas = {
  Problem: {
    type: 'object',
    description: 'What went wrong (RFC 9457)',
    required: ['detail', 'status', 'title'],
    properties: {
      detail: { type: 'string' },
      status: { type: 'integer' },
      title: { type: 'string' },
      errors: {
        type: 'array',
        description: 'With 422: each field that does not fit',
        items: {
          type: 'object',
          required: ['field', 'message'],
          properties: { field: { type: 'string' }, message: { type: 'string' } },
        },
      },
      request_id: { type: 'string', description: 'With 500: what to look for in the log' },
    },
  },
  OAuthError: {
    type: 'object',
    description: 'What went wrong (RFC 6749 §5.2)',
    required: ['error', 'error_description', 'detail', 'status', 'title'],
    properties: {
      error: { type: 'string', example: 'invalid_request' },
      error_description: { type: 'string' },
      detail: { type: 'string', description: 'The same text' },
      status: { type: 'integer' },
      title: { type: 'string' },
    },
  },
};

/** The errors that follow from what an operation takes and asks, with an example each. */
export function errorAnswers(operation: Operation, path: string, schemas: Schemas = {}): Responses {
  if (takesForm(operation)) return tokenAnswers();
  const guarded = operation.security !== undefined;
  const answers: Array<[number, string]> = [[500, 'Internal server error']];
  if (guarded) {
    answers.push([401, 'Not authenticated'], [403, refusal(operation)]);
    answers.push([503, 'The database does not answer']);
  }
  if (path.includes('{')) answers.push([404, 'Not found']);
  if (operation.requestBody) {
    answers.push([400, 'The body is not valid JSON'], [413, TOO_LARGE]);
    answers.push([415, 'Send the body as application/json']);
  }
  const fault = exampleFault(operation, schemas);
  if (fault) answers.push([422, fault]);
  return Object.fromEntries(
    answers.map(([status, detail]) => [status, problemAnswer(status, detail)]),
  );
}

/** A fault of the first field that a body or a query may have, as the validation words it. */
function exampleFault(
  { requestBody, parameters }: Operation,
  schemas: Schemas,
): string | undefined {
  const [field, rule] = firstField(requestBody, schemas) ?? firstQuery(parameters) ?? [];
  if (field === undefined) return undefined;
  if (rule?.maximum !== undefined) {
    return `${field} must be a whole number from ${rule.minimum} to ${rule.maximum}`;
  }
  if (rule?.maxLength !== undefined) {
    return `${field} must be text of ${rule.minLength} to ${rule.maxLength} characters`;
  }
  return `${field} does not fit`;
}

function firstField(body: Operation['requestBody'], schemas: Schemas): Field | undefined {
  const schema = body && 'content' in body ? body.content[JSON_TYPE]?.schema : undefined;
  if (!schema || !('$ref' in schema)) return undefined;
  const named = schemas[schema.$ref.split('/').at(-1) ?? ''];
  return Object.entries(named && 'properties' in named ? (named.properties ?? {}) : {})[0] as Field;
}

function firstQuery(parameters: Operation['parameters'] = []): Field | undefined {
  for (const one of parameters) {
    if ('in' in one && one.in === 'query') return [one.name, one.schema as Rule];
  }
  return undefined;
}

/** Where no scope is needed, any user's token will do. */
function refusal({ security = [] }: Operation): string {
  const needsScope = security.some((way) => Object.values(way).some(({ length }) => length > 0));
  return needsScope ? 'Not enough permissions' : "This route needs a user's token";
}

export function problemAnswer(status: number, detail: string): Responses[string] {
  const title = STATUS_CODES[status] ?? 'Error';
  const errors = status === 422 ? { errors: [splitFault(detail)] } : {};
  const headers = status === 401 ? { headers: CHALLENGE } : {};
  return {
    description: title,
    ...headers,
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: { detail, status, title, ...errors },
      },
    },
  };
}

function splitFault(detail: string) {
  const [field, ...message] = detail.split(' ');
  return { field, message: message.join(' ') };
}

const CHALLENGE = {
  'WWW-Authenticate': { description: 'How to authenticate', schema: { type: 'string' as const } },
};

function takesForm({ requestBody }: Operation): boolean {
  return requestBody !== undefined && 'content' in requestBody && FORM in requestBody.content;
}

function tokenAnswers(): Responses {
  return {
    400: oauthAnswer(400, 'invalid_request', 'password is missing'),
    401: {
      ...oauthAnswer(401, 'invalid_grant', 'Incorrect username or password'),
      headers: CHALLENGE,
    },
    413: oauthAnswer(413, 'invalid_request', TOO_LARGE),
    429: oauthAnswer(429, 'temporarily_unavailable', 'Too many attempts, try again later'),
    500: oauthAnswer(500, 'server_error', 'Internal server error'),
    503: oauthAnswer(503, 'temporarily_unavailable', 'Too many sign-ins at once, try again'),
  };
}

function oauthAnswer(status: number, error: string, detail: string) {
  const title = STATUS_CODES[status] ?? 'Error';
  return {
    description: title,
    content: {
      'application/json': {
        schema: { $ref: '#/components/schemas/OAuthError' },
        example: { error, error_description: detail, detail, status, title },
      },
    },
  };
}
