import { type Cause, examplesOf } from './causes.js';
import type { Responses } from './parts.js';

/** Every answer carries it, so it is described once. */
export const COMMON_HEADERS = {
  'X-Request-Id': {
    description: 'Names this request, in the log too',
    schema: { type: 'string' as const },
    example: '6f1c9a52-3c0e-4d57-9b1e-0a4f6d2b7c83',
  },
};

const REFERENCE = { 'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' } };

/** The headers that come with these reasons for one answer, with an example of each. */
export function headersOf(causes: readonly Cause[]): object {
  const challengeOf = ({ headers }: Cause) => headers?.['www-authenticate'];
  const waitOf = ({ headers }: Cause) => headers?.['retry-after'] && Number(headers['retry-after']);
  return {
    ...(causes.some(challengeOf) && {
      'WWW-Authenticate': {
        description: 'How to authenticate, and what was wrong (RFC 6750 §3)',
        schema: { type: 'string' },
        ...examplesOf(causes, challengeOf),
      },
    }),
    ...(causes.some(waitOf) && {
      'Retry-After': {
        description: 'Seconds to wait',
        schema: { type: 'integer' },
        ...examplesOf(causes, waitOf),
      },
    }),
  };
}

export function withCommonHeaders(responses: Responses): Responses {
  const all = Object.entries(responses).map(([status, answer]) => {
    if (!answer || '$ref' in answer) return [status, answer];
    return [status, { ...answer, headers: { ...REFERENCE, ...answer.headers } }];
  });
  return Object.fromEntries(all) as Responses;
}
