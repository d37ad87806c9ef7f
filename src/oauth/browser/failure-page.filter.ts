import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForeignForm } from '../../platform/http/form-token.js';
import { Pages } from '../../platform/pages/pages.js';
import { UnsafeAuthorizationRequest } from '../../protocol/authorization-request.js';
import { InvalidRequest } from '../../protocol/errors.js';
import {
  type AuthorizationFailure,
  authorizationFailurePage,
} from '../pages/authorization-failure-page.js';
import { PageFailure } from './page-failure.js';
import { pageTexts } from './page-texts.js';

/** Says what is wrong on a page, and sends the browser nowhere: where to is not to be trusted. RFC 6749 §4.1.2.1. */
@Catch(UnsafeAuthorizationRequest, PageFailure, ForeignForm, InvalidRequest)
export class FailurePageFilter implements ExceptionFilter<Error> {
  constructor(private readonly pages: Pages) {}

  catch(failure: Error, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    request.server.log.debug({ request_id: request.id, reason: failure.message }, 'refused');
    const page = authorizationFailurePage({
      texts: pageTexts(request),
      reason: reasonOf(failure),
      ...(failure instanceof InvalidRequest && { detail: failure.description }),
    });
    const status = failure instanceof ForeignForm ? 403 : 400;
    this.pages.send(http.getResponse<FastifyReply>(), page, status);
  }
}

function reasonOf(failure: Error): AuthorizationFailure {
  if (failure instanceof PageFailure) return failure.reason;
  if (failure instanceof ForeignForm) return 'foreign_form';
  if (failure instanceof InvalidRequest) return 'unreadable';
  const { reason } = failure as UnsafeAuthorizationRequest;
  return reason === 'client' ? 'unknown_client' : 'redirect_uri';
}
