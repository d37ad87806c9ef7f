import type { OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

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
export function errorAnswers(operation: Operation, path: string, guarded: boolean): Responses {
  if (takesForm(operation)) return tokenAnswers();
  const answers: Array<[number, string]> = [[500, 'Internal server error']];
  if (guarded) {
    answers.push([401, 'Not authenticated'], [403, refusal(operation)]);
    answers.push([503, 'The database does not answer']);
  }
  if (path.includes('{')) answers.push([404, 'Not found']);
  if (operation.requestBody) {
    answers.push([400, 'The body is not valid JSON'], [413, 'The body is larger than 65536 bytes']);
    answers.push([415, 'Send the body as application/json']);
  }
  const hasQuery = operation.parameters?.some((one) => 'in' in one && one.in === 'query');
  if (operation.requestBody) answers.push([422, 'title must be text of 1 to 200 characters']);
  else if (hasQuery) answers.push([422, 'limit must be a whole number from 1 to 100']);
  return Object.fromEntries(
    answers.map(([status, detail]) => [status, problemAnswer(status, detail)]),
  );
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
    413: oauthAnswer(413, 'invalid_request', 'The body is larger than 65536 bytes'),
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
