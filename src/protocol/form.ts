import { InvalidRequest } from './errors.js';

/** A decoded form, repeated names kept, so that a repetition can be refused. */
export type FormPairs = readonly (readonly [name: string, value: string])[];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Decodes application/x-www-form-urlencoded without repairing anything. RFC 6749 appendix B.
 *
 * @throws {InvalidRequest} on bytes that are not UTF-8 and on a broken percent-encoding
 */
export function decodeForm(body: Uint8Array): FormPairs {
  try {
    return utf8
      .decode(body)
      .split('&')
      .filter((pair) => pair !== '')
      .map(decodePair);
  } catch {
    throw new InvalidRequest('The form is not valid percent-encoded UTF-8');
  }
}

/** @throws {URIError} on a broken percent-encoding */
export function decodeFormValue(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function decodePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  if (equals === -1) return [decodeFormValue(pair), ''];
  return [decodeFormValue(pair.slice(0, equals)), decodeFormValue(pair.slice(equals + 1))];
}
