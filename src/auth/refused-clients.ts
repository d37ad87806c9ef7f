import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Client } from '../clients/client.entity.js';
import { Audit } from '../platform/audit/audit.js';
import { Clock } from '../platform/clock.js';
import { addressKey } from '../platform/http/address.js';
import { originOf } from '../platform/http/origin.js';
import { Once } from '../platform/once.js';
import { InvalidClient } from '../protocol/errors.js';

/** Why a client is refused; the answer tells none from another. */
export type ClientRefusal =
  | 'unknown_client'
  | 'disabled'
  | 'wrong_secret'
  | 'secret_of_public_client'
  | 'public_client'
  | 'no_client';

/** Writes down which clients were refused: the first time in 15 minutes of each, its cause and its address. */
@Injectable()
export class RefusedClients {
  private readonly once: Once;

  constructor(
    private readonly audit: Audit,
    clock: Clock,
  ) {
    this.once = new Once(clock);
  }

  /**
   * @param client as registered; null where there is none, whose name is anybody's text and not kept
   * @returns what to throw
   */
  async refuse(
    reason: ClientRefusal,
    client: Pick<Client, 'id'> | null,
    request: FastifyRequest,
  ): Promise<InvalidClient> {
    const subject = client ? (`client:${client.id}` as const) : 'nobody';
    if (this.once.isFirst(JSON.stringify([subject, reason, addressKey(request.address)]))) {
      const by = { actor: 'nobody', origin: originOf(request) } as const;
      const event = 'client.refused';
      await this.audit.record({ event, by, subject, reason, result: 'refused' });
    }
    return new InvalidClient(reason);
  }
}
