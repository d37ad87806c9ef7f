import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { relativeLink } from '../../platform/pages/relative-link.js';
import { PageFailure } from '../browser/page-failure.js';
import { Sealed } from '../browser/sealed.js';
import type { Progress, Step } from './progress.js';

/** Sends a browser to what comes next. Always 303: what was typed must not be sent on, RFC 9700 §4.12. */
@Injectable()
export class Onward {
  constructor(private readonly sealed: Sealed) {}

  go(request: FastifyRequest, reply: FastifyReply, step: Step, progress: Progress): void {
    if (step.to === 'client') return void reply.redirect(step.url, 303);
    const query = new URLSearchParams({ continue: this.seal(progress) });
    reply.redirect(relativeLink(request.url, `${step.to}?${query}`), 303);
  }

  seal(progress: Progress): string {
    return this.sealed.seal('authorization', progress);
  }

  /**
   * @param sent what came back of `seal()`
   * @throws {PageFailure} when it is not that, or too old
   */
  open(sent: unknown): Progress {
    const progress =
      typeof sent === 'string' ? this.sealed.open<Progress>('authorization', sent) : undefined;
    if (!progress) throw new PageFailure('expired');
    return progress;
  }
}
