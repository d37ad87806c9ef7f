import { STATUS_CODES } from 'node:http';

/** One fault of one field. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** The body of every error: RFC 9457, with `detail` always a string, which FastAPI's clients read. */
export interface Problem {
  readonly detail: string;
  readonly status: number;
  readonly title: string;
  readonly errors?: readonly FieldError[];
  readonly request_id?: string;
}

export function problem(
  status: number,
  detail: string,
  more: Pick<Problem, 'errors' | 'request_id'> = {},
): Problem {
  return { detail, status, title: STATUS_CODES[status] ?? 'Error', ...more };
}

/** The endpoints whose errors RFC 6749 §5.2 shapes; everywhere else they are application/problem+json. */
const OAUTH_ENDPOINTS = new Set(['/token', '/revoke', '/introspect', '/userinfo']);

export function isOAuthEndpoint(url: string): boolean {
  const path = url.split('?', 1)[0] ?? '';
  return OAUTH_ENDPOINTS.has(path.endsWith('/') ? path.slice(0, -1) : path);
}

/** The body of an error of such an endpoint. @param code when it has one of its own */
export function oauthProblem(body: Problem, code = oauthCode(body.status)): object {
  return { ...body, error: code, error_description: body.detail };
}

/** The first two are those of RFC 6750 §3.1, the last two of RFC 6749 §4.1.2.1. */
function oauthCode(status: number): string {
  if (status === 401) return 'invalid_token';
  if (status === 403) return 'insufficient_scope';
  if (status < 500 && status !== 429) return 'invalid_request';
  return status === 503 || status === 429 ? 'temporarily_unavailable' : 'server_error';
}
