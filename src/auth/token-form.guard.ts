import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FormPairs } from '../protocol/form.js';
import { parseTokenRequest } from '../protocol/token-request.js';
import type { TokenEndpointRequest } from './token-endpoint-request.js';

/** Checks the shape of a token form before anybody looks at what it says: guards run before pipes. */
@Injectable()
export class TokenFormGuard implements CanActivate {
  /** @throws {OAuthError} what parseTokenRequest throws */
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<TokenEndpointRequest>();
    request.body = parseTokenRequest((request.body as unknown as FormPairs | undefined) ?? []);
    return true;
  }
}
