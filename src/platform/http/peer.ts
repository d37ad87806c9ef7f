import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** where the request came from; `ip` knows it no more once the peer has hung up. Empty if it had before we looked */
    address: string;
  }
}

/**
 * Notes where each request comes from while somebody is there to ask: a socket forgets its peer when
 * the connection ends, and what was done must be written down of whoever hangs up as well. Before all
 * other hooks.
 */
export function rememberAddresses(server: FastifyInstance): void {
  // Node keeps what it was asked for once, and a request may come together with the end of its connection.
  server.server.on('connection', (socket: Socket) => void socket.remoteAddress);
  server.decorateRequest('address', '');
  server.addHook('onRequest', (request, _reply, done) => {
    request.address = (request.ip as string | undefined) ?? '';
    done();
  });
}
