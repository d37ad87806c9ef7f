import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AmbiguousCredentials, BearerError } from '../../protocol/bearer.js';
import { OAuthError } from '../../protocol/errors.js';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { type FieldError, isOAuthEndpoint, problem, type Problem } from './problem.js';
import type { RouteTable } from './route-table.js';

interface Answer {
  readonly body: Problem;
  readonly headers?: Readonly<Record<string, string>>;
  /** RFC 6749 §5.2 code, for the OAuth endpoints */
  readonly code?: string;
}

const RETRY_AFTER_SECONDS = '1';

/** Turns whatever was thrown into the one shape of an error. No stack, no driver's words, no echo. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly routes: RouteTable) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what fails before Nest sees the request, such as a URL that cannot be decoded. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // Whatever was wrong with its body as well. A URL that cannot be decoded has no path to look up.
    const unrouted = request.is404 && codeOf(exception) !== 'FST_ERR_BAD_URL';
    const { body, headers, code } = unrouted
      ? this.describeUnrouted(request)
      : describe(exception, request);
    if (body.status >= 500) logFailure(exception, body.status, request);
    else logReason(exception, request);
    const oauth = isOAuthEndpoint(request.routeOptions.url ?? request.url);
    reply
      .code(body.status)
      .headers(headers ?? {})
      .type(oauth ? 'application/json' : 'application/problem+json')
      .send(JSON.stringify(oauth ? withOAuthError(body, code) : body));
  }

  /** Nest calls a known path with another method "not found"; RFC 9110 §15.5.6 calls it 405. */
  private describeUnrouted(request: FastifyRequest): Answer {
    const methods = this.routes.methodsOf(request.url);
    if (methods.length === 0) return { body: problem(404, 'Not Found') };
    return { body: problem(405, 'Method Not Allowed'), headers: { allow: methods.join(', ') } };
  }
}

function describe(exception: unknown, request: FastifyRequest): Answer {
  if (exception instanceof OAuthError) {
    const { status, description, headers, code } = exception;
    return { body: problem(status, description), headers, code };
  }
  if (exception instanceof BearerError) {
    const { status, description, headers } = exception;
    const code = exception instanceof AmbiguousCredentials ? 'invalid_request' : 'invalid_token';
    return { body: problem(status, description), headers, code };
  }
  const refusal = describeParserRefusal(exception, request);
  if (refusal) return refusal;
  if (exception instanceof HttpException) return describeHttpException(exception);
  if (isDatabaseUnavailable(exception)) {
    const headers = { 'retry-after': RETRY_AFTER_SECONDS };
    return { body: problem(503, 'The database does not answer'), headers };
  }
  return { body: problem(500, 'Internal server error', { request_id: request.id }) };
}

function describeHttpException(exception: HttpException): Answer {
  const response = exception.getResponse();
  const errors =
    typeof response === 'object' && 'errors' in response
      ? { errors: response.errors as FieldError[] }
      : {};
  return { body: problem(exception.getStatus(), exception.message, errors) };
}

/** What Fastify refused before a handler ran; Nest hands it on inside an exception of its own. */
function describeParserRefusal(exception: unknown, request: FastifyRequest): Answer | undefined {
  const error = exception instanceof HttpException ? exception.cause : exception;
  const status = clientErrorStatus(error);
  return status ? { body: problem(status, parserDetail(error, status, request)) } : undefined;
}

/** Fastify's own errors carry a status; below 500 it is the caller's doing. */
function clientErrorStatus(exception: unknown): number | undefined {
  if (!(exception instanceof Error) || !('statusCode' in exception)) return undefined;
  const { statusCode } = exception;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500
    ? statusCode
    : undefined;
}

function codeOf(exception: unknown): unknown {
  return exception instanceof Error && 'code' in exception ? exception.code : undefined;
}

/** In our words: a parser's message may quote the body. */
function parserDetail(exception: unknown, status: number, request: FastifyRequest): string {
  const code = codeOf(exception);
  if (code === 'FST_ERR_BAD_URL') return 'The path is not valid percent-encoding';
  if (status === 413)
    return `The body is larger than ${request.server.initialConfig.bodyLimit} bytes`;
  if (status === 415) return 'Send the body as application/json';
  if (code === 'FST_ERR_CTP_INVALID_JSON_BODY') return 'The body is not valid JSON';
  return problem(status, '').title;
}

function withOAuthError(body: Problem, code?: string): object {
  return { ...body, error: code ?? oauthCode(body.status), error_description: body.detail };
}

/** For what RFC 6749 §5.2 has no code of its own; the last two are those of §4.1.2.1. */
function oauthCode(status: number): string {
  if (status < 500) return 'invalid_request';
  return status === 503 ? 'temporarily_unavailable' : 'server_error';
}

/** Why exactly, which the caller is not told. */
function logReason(exception: unknown, request: FastifyRequest): void {
  if (!(exception instanceof OAuthError || exception instanceof BearerError)) return;
  request.server.log.debug({ request_id: request.id, reason: exception.message }, 'refused');
}

function logFailure(exception: unknown, status: number, request: FastifyRequest): void {
  const level = status === 503 ? 'warn' : 'error';
  request.server.log[level]({ request_id: request.id, err: exception }, 'request failed');
}
