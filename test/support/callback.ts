import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where an application on this machine has browsers sent back to. RFC 8252 §7.3. */
export interface Callback {
  /** `http://127.0.0.1:<port>`, with a port that the system chose */
  readonly origin: string;
  close(): Promise<void>;
}

/** Answers whatever a browser is sent to with a page that asks for nothing more. */
export async function startCallback(): Promise<Callback> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Back</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${port}`, close };
}
