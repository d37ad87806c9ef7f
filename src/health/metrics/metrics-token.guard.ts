import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { authorizationHeaders } from '../../auth/authorization-header.js';
import { Settings } from '../../platform/settings/settings.js';
import { bearerToken, InvalidToken, NotAuthenticated } from '../../protocol/bearer.js';

/** Asks for METRICS_TOKEN, where it is set. */
@Injectable()
export class MetricsTokenGuard implements CanActivate {
  constructor(private readonly settings: Settings) {}

  /** @throws {BearerError} */
  canActivate(context: ExecutionContext): boolean {
    const { METRICS_TOKEN } = this.settings;
    if (METRICS_TOKEN === undefined) return true;
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    const sent = bearerToken(authorizationHeaders(raw));
    if (sent === null) throw new NotAuthenticated();
    if (!isSame(sent, METRICS_TOKEN)) throw new InvalidToken('not METRICS_TOKEN');
    return true;
  }
}

/** Digests, which are of one length: how much of a text is right, its time does not tell. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other));
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
