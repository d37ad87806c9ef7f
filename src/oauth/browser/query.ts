import type { FastifyRequest } from 'fastify';
import { decodeForm, type FormPairs } from '../../protocol/form.js';

/**
 * The parameters of a URL, as strictly as those of a form: what is repaired might mean one thing here
 * and another to the client.
 *
 * @throws {InvalidRequest}
 */
export function queryOf({ url }: FastifyRequest): FormPairs {
  const start = url.indexOf('?');
  return start === -1 ? [] : decodeForm(Buffer.from(url.slice(start + 1)));
}
