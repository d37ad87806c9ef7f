import type { FieldError } from '../platform/http/problem.js';
import { UNKNOWN } from '../platform/http/validation.js';
import type { Operation, Schemas } from './parts.js';

type Rule = Readonly<Partial<Record<'minimum' | 'maximum' | 'minLength' | 'maxLength', number>>>;
type Field = readonly [name: string, rule: Rule];

const JSON_TYPE = 'application/json';

/**
 * A fault that a body or a query may have, as `@Text` and `PageQuery` word it: of the first field with
 * both limits, else one that is unknown.
 *
 * @returns undefined where nothing is taken that could be at fault
 */
export function exampleFault(operation: Operation, schemas: Schemas): FieldError | undefined {
  const fields = [...bodyFields(operation, schemas), ...queryFields(operation)];
  for (const [field, rule] of fields) {
    const message = wordsOf(rule);
    if (message) return { field, message };
  }
  return fields.length > 0 ? { field: 'unknown', message: UNKNOWN } : undefined;
}

function wordsOf({ minimum, maximum, minLength, maxLength }: Rule): string | undefined {
  if (minimum !== undefined && maximum !== undefined) {
    return `must be a whole number from ${minimum} to ${maximum}`;
  }
  if (minLength !== undefined && maxLength !== undefined) {
    return `must be text of ${minLength} to ${maxLength} characters`;
  }
  return undefined;
}

function bodyFields({ requestBody }: Operation, schemas: Schemas): Field[] {
  const content = requestBody && 'content' in requestBody ? requestBody.content : {};
  const schema = content[JSON_TYPE]?.schema;
  if (!schema || !('$ref' in schema)) return [];
  const named = schemas[schema.$ref.split('/').at(-1) ?? ''];
  return Object.entries(named && 'properties' in named ? (named.properties ?? {}) : {}) as Field[];
}

function queryFields({ parameters = [] }: Operation): Field[] {
  return parameters.flatMap((one) =>
    'in' in one && one.in === 'query' ? [[one.name, (one.schema ?? {}) as Rule] as Field] : [],
  );
}
