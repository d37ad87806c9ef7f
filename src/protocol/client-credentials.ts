import { InvalidClient, InvalidRequest } from './errors.js';
import { decodeFormValue } from './form.js';

/** How a client said who it is; not yet checked. */
export interface PresentedClient {
  readonly id: string;
  /** undefined for a public client */
  readonly secret: string | undefined;
}

export interface BodyCredentials {
  readonly client_id: string | undefined;
  readonly client_secret: string | undefined;
}

/**
 * Finds the one way in which a client authenticates. RFC 6749 §2.3.
 *
 * @param authorization every Authorization header of the request
 * @returns null when no client is named
 * @throws {InvalidRequest} on two ways at once
 * @throws {InvalidClient} on a Basic header that cannot be read
 */
export function presentedClient(
  authorization: readonly string[],
  body: BodyCredentials,
): PresentedClient | null {
  if (authorization.length > 1) throw new InvalidRequest('Two Authorization headers were sent');
  const basic = readBasic(authorization[0]);
  if (basic === null) return readBody(body);
  if (body.client_secret !== undefined || differs(body.client_id, basic.id)) {
    throw new InvalidRequest('Use one way of client authentication, not two');
  }
  return basic;
}

function differs(bodyId: string | undefined, basicId: string): boolean {
  return bodyId !== undefined && bodyId !== basicId;
}

function readBody({ client_id, client_secret }: BodyCredentials): PresentedClient | null {
  if (client_id !== undefined) return { id: client_id, secret: client_secret };
  if (client_secret !== undefined) throw new InvalidRequest('client_id is missing');
  return null;
}

/**
 * Another scheme is no client authentication here: front ends add a stale Bearer token to every call.
 * Swagger UI sends an empty id and secret (`Og==`) when its form is left blank.
 */
function readBasic(header: string | undefined): PresentedClient | null {
  const credentials = /^basic(?: +(.*))?$/i.exec(header ?? '');
  if (!credentials) return null;
  const text = decodeBase64(credentials[1] ?? '');
  const colon = text.indexOf(':');
  if (colon === -1) throw new InvalidClient('the Basic credentials have no colon');
  const id = decodePart(text.slice(0, colon));
  const secret = decodePart(text.slice(colon + 1));
  if (id === '' && secret === '') return null;
  return { id, secret: secret === '' ? undefined : secret };
}

function decodeBase64(text: string): string {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text))
    throw new InvalidClient('the Basic header is not base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64'));
  } catch {
    throw new InvalidClient('the Basic credentials are not UTF-8');
  }
}

/** RFC 6749 §2.3.1: id and secret are form-encoded before they are joined. */
function decodePart(text: string): string {
  try {
    return decodeFormValue(text);
  } catch {
    throw new InvalidClient('the Basic credentials are not form-encoded');
  }
}
