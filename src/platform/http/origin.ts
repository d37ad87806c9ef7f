import type { FastifyRequest } from 'fastify';

/** Where a request came from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
}

export function originOf({ address, headers, id }: FastifyRequest): Origin {
  return { ip: address, userAgent: headers['user-agent'], requestId: id };
}
