import fc from 'fast-check';
import type { JsonSchema, Schemas } from './json-schema.js';

/** Values that fit a schema, as far as it tells. */
export function fitting(reference: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const schema = schemas.resolve(reference);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const types = [schema.type ?? []].flat();
  return fc.oneof(...types.map((type) => ofType(type, schema, schemas)));
}

/** A value with one thing in it that may not fit: another type, a length or a number beyond, a name nobody knows. */
export function strange(reference: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  const { properties } = schemas.resolve(reference);
  if (!properties) return ANYTHING;
  const fields = Object.keys(properties);
  const changed = fc
    .tuple(fitting(reference, schemas), fc.constantFrom(...fields, '__proto__', 'id'), ANYTHING)
    .map(([value, name, other]) => ({ ...(value as object), [name]: other }));
  return fc.oneof({ arbitrary: changed, weight: 4 }, ANYTHING);
}

/** Any JSON, as large and as deep as somebody might try. */
const ANYTHING: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
  fc.string({ unit: 'binary', maxLength: 5000, size: 'max' }),
  fc.constantFrom(null, '', ' ', 0, -1, 2 ** 53, 1e308, true, false, [], {}, [[[]]]),
);

function ofType(type: string, schema: JsonSchema, schemas: Schemas): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return fc.integer({ min: schema.minimum ?? -(2 ** 31), max: schema.maximum ?? 2 ** 31 });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(fitting(schema.items ?? {}, schemas), { maxLength: 4 });
    case 'object':
      return record(schema, schemas);
    default:
      return fc.constant(null);
  }
}

function text({
  format,
  minLength = 0,
  maxLength = 200,
  example,
}: JsonSchema): fc.Arbitrary<string> {
  const own = FORMATS[format ?? ''] ?? fc.string({ unit: 'grapheme', minLength, maxLength });
  return typeof example === 'string' ? fc.oneof(own, fc.constant(example)) : own;
}

const FORMATS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.uuid(),
  email: fc.emailAddress(),
  uri: fc.webUrl(),
  'date-time': fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
};

/** What is required is always there. */
function record({ properties = {}, required = [] }: JsonSchema, schemas: Schemas) {
  const fields = Object.entries(properties).map(([name, field]) => [name, fitting(field, schemas)]);
  return fc.record(Object.fromEntries(fields) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...required],
  });
}
