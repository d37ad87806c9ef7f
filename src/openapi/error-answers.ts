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
} from './causes.js';
import { exampleFault } from './example-fault.js';
import type { Operation, Responses, Schemas } from './parts.js';
import { tokenCauses } from './token-causes.js';

const FORM = 'application/x-www-form-urlencoded';

/** The errors that follow from what an operation takes and asks, with an example of each cause. */
export function errorAnswers(
  operation: Operation,
  path: string,
  access: Access | undefined,
  schemas: Schemas = {},
): Responses {
  if (takesForm(operation)) return answersOf(tokenCauses(), 'application/json', 'OAuthError');
  const fault = exampleFault(operation, schemas);
  const causes = [
    ...(access?.kind === 'bearer' ? guardCauses(access.scopes, access.optional) : []),
    ...(path.includes('{') ? [notFound()] : []),
    ...(operation.requestBody ? bodyCauses() : []),
    ...(fault ? [misfit(fault)] : []),
    broken(),
  ];
  return answersOf(causes, 'application/problem+json', 'Problem');
}

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

function takesForm({ requestBody }: Operation): boolean {
  return requestBody !== undefined && 'content' in requestBody && FORM in requestBody.content;
}
