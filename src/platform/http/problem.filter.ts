import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BearerError, InvalidToken } from '../../protocol/bearer.js';
import { OAuthError, TemporarilyUnavailable } from '../../protocol/errors.js';
import { isForeignKeyViolation } from '../database/foreign-key-violation.js';
import { isDatabaseUnavailable } from '../database/unavailable.js';
import { errorPage } from '../pages/error-page.js';
import type { Pages } from '../pages/pages.js';
import { ForeignForm } from './form-token.js';
import { isOAuthEndpoint, oauthProblem, problem, type Problem } from './problem.js';
import type { RouteTable } from './route-table.js';
import { fieldErrorsOf } from './validation.js';

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
  constructor(
    private readonly routes: RouteTable,
    private readonly pages: Pages,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for what fails before Nest sees the request, such as a URL that cannot be decoded. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    // Whatever was wrong with its body as well. A URL that cannot be decoded has no path to look up,
    // and for one request too many nothing is looked up.
    const unrouted =
      request.is404 &&
      codeOf(exception) !== 'FST_ERR_BAD_URL' &&
      !(exception instanceof TemporarilyUnavailable);
    const { body, headers, code } = unrouted
      ? this.describeUnrouted(request)
      : describe(exception, request);
    if (body.status >= 500) logFailure(exception, body.status, request);
    else logReason(exception, request);
    reply.headers(headers ?? {});
    if (request.routeOptions.config?.page === 'plain') {
      const { status, detail } = body;
      return this.pages.send(reply, errorPage({ status, detail, requestId: request.id }), status);
    }
    const oauth = isOAuthEndpoint(request.routeOptions.url ?? request.url);
    reply
      .code(body.status)
      .header('cache-control', 'no-store') // the handler may have said that its answer may be kept
      .type(oauth ? 'application/json' : 'application/problem+json')
      .send(JSON.stringify(oauth ? oauthProblem(body, code) : body));
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
    return { body: problem(status, description), headers };
  }
  const refusal = describeParserRefusal(exception, request);
  if (refusal) return refusal;
  if (exception instanceof HttpException) return describeHttpException(exception);
  // Everything belongs to a user in the end, who has left since the guard looked.
  if (isForeignKeyViolation(exception)) {
    return describe(new InvalidToken('the user has left'), request);
  }
  if (isDatabaseUnavailable(exception)) {
    const headers = { 'retry-after': RETRY_AFTER_SECONDS };
    return { body: problem(503, 'The database does not answer'), headers };
  }
  return { body: problem(500, 'Internal server error', { request_id: request.id }) };
}

function describeHttpException(exception: HttpException): Answer {
  const errors = fieldErrorsOf(exception);
  return { body: problem(exception.getStatus(), exception.message, errors && { errors }) };
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

/** Why exactly, which the caller is not told. */
function logReason(exception: unknown, request: FastifyRequest): void {
  const reason = reasonOf(exception);
  if (reason === undefined) return;
  request.server.log.debug({ request_id: request.id, reason }, 'refused');
}

function reasonOf(exception: unknown): unknown {
  if (exception instanceof ForeignForm) return exception.cause;
  return exception instanceof OAuthError || exception instanceof BearerError
    ? exception.message
    : undefined;
}

function logFailure(exception: unknown, status: number, request: FastifyRequest): void {
  const level = status === 503 ? 'warn' : 'error';
  request.server.log[level]({ request_id: request.id, err: exception }, 'request failed');
}
