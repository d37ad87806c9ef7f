import { TOKEN_REFERENCE_PARAMETERS } from './token-reference.js';
import { TOKEN_PARAMETERS } from './token-request.js';

const FORM_PARAMETERS = [...new Set([...TOKEN_PARAMETERS, ...TOKEN_REFERENCE_PARAMETERS])];

/**
 * The first parameter of an OAuth form that a query string holds: it would end in logs and histories.
 * RFC 6749 §2.3.1, RFC 7662 §4.
 */
export function formParameterInQuery(query: string): string | undefined {
  const names = new Set([...new URLSearchParams(query).keys()].map((name) => name.split('[')[0]));
  return FORM_PARAMETERS.find((name) => names.has(name));
}
