import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PrefixProxy {
  /** `http://127.0.0.1:<port><prefix>` */
  readonly url: string;
  /** every request so far, as `GET /api/v1/docs` */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** A reverse proxy that serves `target` under a prefix, which the target never sees. */
export async function startPrefixProxy(target: string, prefix: string): Promise<PrefixProxy> {
  const requests: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method, url = '/' } = incoming;
    requests.push(`${method} ${url}`);
    if (url.startsWith(`${prefix}/`)) forward(incoming, outgoing, target, url.slice(prefix.length));
    else outgoing.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}${prefix}`, requests, close };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  target: string,
  path: string,
): void {
  const { method, headers } = incoming;
  const onward = request(`${target}${path}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
