import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One way through a proxy, as its configuration has it. */
export interface Way {
  readonly path: string;
  /** whether it is for this very path, and none below it */
  readonly exact: boolean;
  /** what stands in the place of the path; undefined where the whole is handed on as it came */
  readonly instead: string | undefined;
  /** what becomes of X-Forwarded-For */
  readonly forwardedFor: 'appended' | 'replaced' | 'as it came';
}

/** The locations of a server of nginx. Of `proxy_pass`, what follows the host takes the place of the location. */
export function waysOfNginx(config: string): Way[] {
  return [...config.matchAll(/location (= )?(\S+) \{([^}]*)\}/g)].map(
    ([, exact, path = '', body = '']) => ({
      path,
      exact: exact !== undefined,
      instead: /proxy_pass http:\/\/[\d.:]+(\/\S*)?;/.exec(body)?.[1],
      forwardedFor: body.includes('proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;')
        ? 'appended'
        : 'as it came',
    }),
  );
}

/** The sites of Caddy, which believes nobody's X-Forwarded-For unless it is told to. */
export function waysOfCaddy(config: string): Way[] {
  const handles = [...config.matchAll(/(handle|handle_path) (\S+) \{\s*reverse_proxy \S+\s*\}/g)];
  const ways = handles.map(([, word, path = '']) => ({
    path: path.replace(/\*$/, ''),
    exact: !path.endsWith('*'),
    instead: word === 'handle_path' ? '/' : undefined,
    forwardedFor: 'replaced' as const,
  }));
  const all = { path: '/', exact: false, instead: undefined, forwardedFor: 'replaced' } as const;
  return ways.length > 0 ? ways : [all];
}

/** A proxy that does what the ways say, in front of `target`. */
export async function startProxy(ways: readonly Way[], target: () => string) {
  const server = createServer((incoming, outgoing) => {
    const { url = '/' } = incoming;
    const way = ways.find(({ path, exact }) => (exact ? url === path : url.startsWith(path)));
    if (way) forward(incoming, outgoing, way, target());
    else outgoing.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, close };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  way: Way,
  target: string,
): void {
  const { method, url = '/' } = incoming;
  const path = way.instead === undefined ? url : way.instead + url.slice(way.path.length);
  const headers: OutgoingHttpHeaders = { ...incoming.headers, connection: 'close' };
  const peer = incoming.socket.remoteAddress ?? '';
  const came = [incoming.headers['x-forwarded-for']].flat().filter((value) => value !== undefined);
  if (way.forwardedFor === 'appended') headers['x-forwarded-for'] = [...came, peer].join(', ');
  if (way.forwardedFor === 'replaced') headers['x-forwarded-for'] = peer;
  const onward = request(`${target}${path}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  incoming.pipe(onward);
}
