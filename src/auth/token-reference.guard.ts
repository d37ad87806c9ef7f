import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FormPairs } from '../protocol/form.js';
import { parseTokenReference } from '../protocol/token-reference.js';
import { ClientAuthentication } from './client-authentication.js';
import type { TokenReferenceRequest } from './token-reference-request.js';

/** Reads the form of /revoke and /introspect, and tells which client sent it; the built-in one where none is named. */
@Injectable()
export class TokenReferenceGuard implements CanActivate {
  constructor(private readonly clients: ClientAuthentication) {}

  /** @throws {OAuthError} invalid_request or invalid_client */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<TokenReferenceRequest>();
    request.body = parseTokenReference((request.body as unknown as FormPairs | undefined) ?? []);
    const named = await this.clients.authenticate(request, request.body);
    request.client = named ?? (await this.clients.builtIn(request));
    return true;
  }
}
