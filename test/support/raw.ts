import { rawRequest } from './http.js';

export interface RawAnswer {
  readonly status: number;
  /** names in lower case; of a repeated one the last */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- a test reads whatever it expects out of it
  readonly body: any;
}

/** Sends a request line and headers exactly as given, which no HTTP client does. */
export async function rawCall(
  base: string,
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
): Promise<RawAnswer> {
  return rawCallWithoutHost(base, requestLine, ['Host: localhost', ...headers], body);
}

export async function rawCallWithoutHost(
  base: string,
  requestLine: string,
  headers: readonly string[] = [],
  body = '',
): Promise<RawAnswer> {
  const lines = [`${requestLine} HTTP/1.1`, ...headers, 'Connection: close'];
  return parse(await rawRequest(base, [...lines, '', body].join('\r\n')));
}

/** Posts a form to /token with headers exactly as given. */
export function rawToken(
  base: string,
  body: string,
  headers: readonly string[],
  target = '/token',
) {
  return rawCall(
    base,
    `POST ${target}`,
    [
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${Buffer.byteLength(body)}`,
      ...headers,
    ],
    body,
  );
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n');
  const text = answer.slice(end + 4);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(lines.map(nameAndValue)),
    text,
    body: text.startsWith('{') ? JSON.parse(text) : undefined,
  };
}

function nameAndValue(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
