import { type AskedForCode, PROMPTS, type Refusal } from './authorization-parameters.js';

/** The tokens of `prompt`, each once. */
export function promptsOf(form: ReadonlyMap<string, string>): readonly string[] {
  return [...new Set((form.get('prompt') ?? '').split(' ').filter((word) => word !== ''))];
}

/** OpenID Connect Core §3.1.2.6, §6, §7.2.1. */
export function noRequestObject({ form }: AskedForCode): Refusal | undefined {
  if (form.has('request')) return ['request_not_supported', 'request is not supported here'];
  if (form.has('request_uri')) {
    return ['request_uri_not_supported', 'request_uri is not supported here'];
  }
  if (!form.has('registration')) return undefined;
  return ['registration_not_supported', 'registration is not supported here'];
}

/** OpenID Connect Core §3.1.2.1. */
export function promptsAreKnown({ form }: AskedForCode): Refusal | undefined {
  const known: readonly string[] = PROMPTS;
  if (promptsOf(form).every((prompt) => known.includes(prompt))) return undefined;
  return ['invalid_request', `prompt must be among ${PROMPTS.join(', ')}`];
}

/** OpenID Connect Core §3.1.2.1. */
export function noneStandsAlone({ form }: AskedForCode): Refusal | undefined {
  const prompts = promptsOf(form);
  if (!prompts.includes('none') || prompts.length === 1) return undefined;
  return ['invalid_request', 'prompt must be none alone, or hold no none'];
}

/** OpenID Connect Core §3.1.2.1. */
export function maxAgeIsSeconds({ form }: AskedForCode): Refusal | undefined {
  if (/^\d{1,10}$/.test(form.get('max_age') ?? '0')) return undefined;
  return ['invalid_request', 'max_age must be a whole number of seconds'];
}
