import type { IncomingMessage } from 'node:http';

const NAME = 'authorization';

/** Every Authorization header of a request; Node keeps only the first one in `headers`. */
export function authorizationHeaders({ rawHeaders }: IncomingMessage): string[] {
  const values: string[] = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string;
    if (name.length === NAME.length && name.toLowerCase() === NAME) {
      values.push(rawHeaders[i + 1] as string);
    }
  }
  return values;
}
