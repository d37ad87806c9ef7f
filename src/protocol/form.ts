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
    throw new InvalidRequest('What was sent is not valid percent-encoded UTF-8');
  }
}

/** @throws {URIError} on a broken percent-encoding */
export function decodeFormValue(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

/**
 * The parameters of a form. An empty one counts as not sent, an unknown one is ignored. RFC 6749 §3.2.
 *
 * @param known the names that may neither be repeated nor nested, as `name[key]`
 * @throws {InvalidRequest} naming the parameter
 */
export function plainParameters(
  pairs: FormPairs,
  known: readonly string[],
): ReadonlyMap<string, string> {
  const fault = parameterFault(pairs, known);
  if (fault !== undefined) throw new InvalidRequest(fault);
  return sentParameters(pairs);
}

/**
 * What keeps parameters from being read: one is nested, as `name[key]`, or repeated. RFC 6749 §3.1, §3.2.
 *
 * @returns naming the first; undefined when each is plain
 */
export function parameterFault(pairs: FormPairs, known: readonly string[]): string | undefined {
  const nested = known.find((parameter) =>
    pairs.some(([name]) => name.startsWith(`${parameter}[`)),
  );
  if (nested) return `${nested} must be a plain value`;
  const repeated = known.find(
    (parameter) => pairs.filter(([name]) => name === parameter).length > 1,
  );
  return repeated && `${repeated} is sent more than once`;
}

/** By name, without the empty ones, which count as not sent; of a repeated one any. RFC 6749 §3.1, §3.2. */
export function sentParameters(pairs: FormPairs): ReadonlyMap<string, string> {
  return new Map(pairs.filter(([, value]) => value !== ''));
}

function decodePair(pair: string): readonly [string, string] {
  const equals = pair.indexOf('=');
  if (equals === -1) return [decodeFormValue(pair), ''];
  return [decodeFormValue(pair.slice(0, equals)), decodeFormValue(pair.slice(equals + 1))];
}
