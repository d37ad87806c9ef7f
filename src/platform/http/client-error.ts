import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { problem } from './problem.js';
import { apiHeaders } from './security-headers.js';

/** Answers what Node refuses before there is a request: headers over its limit, a broken request line. */
export function answerClientError(https: boolean) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable) socket.write(rawAnswer(statusOf(error.code), https));
    socket.destroySoon();
  };
}

function statusOf(code: string | undefined): [number, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'The headers are too large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'The request took too long'];
  return [400, 'The request is not valid HTTP'];
}

function rawAnswer([status, detail]: [number, string], https: boolean): string {
  const content = problem(status, detail);
  const body = JSON.stringify(content);
  const headers = {
    ...apiHeaders(https),
    'x-request-id': randomUUID(),
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${content.title}`, ...lines, '', body].join('\r\n');
}
