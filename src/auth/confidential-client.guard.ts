import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { RefusedClients } from './refused-clients.js';
import type { TokenReferenceRequest } from './token-reference-request.js';

/** After the guard that tells which client asks: lets in those alone that proved who they are. RFC 7662 §2.1. */
@Injectable()
export class ConfidentialClientGuard implements CanActivate {
  constructor(private readonly refused: RefusedClients) {}

  /** @throws {InvalidClient} for a public client, which is what acts where none is named */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<TokenReferenceRequest>();
    const { client } = request;
    if (!client.confidential) throw await this.refused.refuse('public_client', client, request);
    return true;
  }
}
