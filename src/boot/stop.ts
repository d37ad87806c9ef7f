import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Less than the 10 s that Docker grants before it kills. */
const GRACE_MS = 8_000;
const LOOK_AGAIN_MS = 50;
const SHELL_WATCH_MS = 250;

/**
 * On SIGTERM and Ctrl-C: no new connections, an answer to every request in flight, then exit code 0.
 * A client that takes longer than the grace to send its request is cut off.
 */
export function stopOnSignals(app: NestFastifyApplication): void {
  const server: Server = app.getHttpServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  // Closing the server ends the connections that are idle at that moment. Left to itself it would
  // wait for those that are idle a moment later (72 s), and for a browser's spare ones.
  const endIdle = () => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => {
      setInterval(endIdle, LOOK_AGAIN_MS).unref();
      setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    });
  }
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  if (process.env['npm_lifecycle_event']) stopWithTheShell();
}

/** npm runs a script in a shell, and a signal sent to npm ends that shell, which does not pass it on. */
function stopWithTheShell(): void {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, SHELL_WATCH_MS).unref();
}
