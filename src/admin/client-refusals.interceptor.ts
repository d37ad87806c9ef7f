import {
  type CallHandler,
  ConflictException,
  type ExecutionContext,
  ForbiddenException,
  Injectable,
  type NestInterceptor,
  NotFoundException,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { BuiltInClientStays, NoSuchClient, PublicClientHasNoSecret } from '../clients/refusals.js';
import type { Registration } from '../clients/registration.js';
import { unprocessable } from '../platform/http/validation.js';
import { BeyondReach } from './beyond-reach.js';
import { UnfitClient } from './client-refusals.js';

/** Says in HTTP what the administration of clients refuses. */
@Injectable()
export class ClientRefusals implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error) => throwError(() => inHttp(error))));
  }
}

function inHttp(error: unknown): unknown {
  if (error instanceof NoSuchClient) return new NotFoundException(error.message);
  if (error instanceof BeyondReach) return new ForbiddenException(error.message);
  if (error instanceof BuiltInClientStays || error instanceof PublicClientHasNoSecret) {
    return new ConflictException(error.message);
  }
  if (!(error instanceof UnfitClient)) return error;
  return unprocessable(error.faults.map(([field, message]) => ({ field: WIRE[field], message })));
}

const WIRE: Readonly<Record<keyof Registration, string>> = {
  name: 'name',
  confidential: 'confidential',
  firstParty: 'first_party',
  grants: 'grants',
  scopes: 'scopes',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  idTokenSignedResponseAlg: 'id_token_signed_response_alg',
};
