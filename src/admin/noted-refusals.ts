import { Injectable } from '@nestjs/common';
import { Audit, type Deed } from '../platform/audit/audit.js';
import { LastAdministrator } from '../users/refusals.js';
import { BeyondReach } from './beyond-reach.js';

/** Writes down what a rule about who may do what to whom has refused: somebody tried it. */
@Injectable()
export class NotedRefusals {
  constructor(private readonly audit: Audit) {}

  async noting<T>(
    deed: Pick<Deed, 'event' | 'by' | 'subject' | 'userId'>,
    work: () => T | Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      if (reason !== undefined) await this.audit.record({ ...deed, result: 'refused', reason });
      throw error;
    }
  }
}

/** @returns undefined for what is no rule's decision about who may do this to whom */
function reasonOf(error: unknown): string | undefined {
  if (error instanceof BeyondReach) return 'beyond_reach';
  return error instanceof LastAdministrator ? error.reason : undefined;
}
