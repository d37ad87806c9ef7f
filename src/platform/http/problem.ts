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
