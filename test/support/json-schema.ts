import type { OpenAPIObject } from '@nestjs/swagger';

/** As much of JSON Schema 2020-12 as the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly description?: string;
}

const PREFIX = '#/components/schemas/';

const FORMATS: Readonly<Record<string, RegExp>> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  email: /^[^@\s]+@[^@\s]+$/,
  uri: /^[a-z][a-z0-9+.-]*:\S+$/i,
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  password: /^/,
};

/** Checks values against the schemas of one document; a field that is not documented is a fault too. */
export class Schemas {
  constructor(private readonly document: OpenAPIObject) {}

  get names(): string[] {
    return Object.keys(this.document.components?.schemas ?? {});
  }

  named(name: string): JsonSchema {
    const schema = this.document.components?.schemas?.[name];
    if (!schema) throw new Error(`no schema is called ${name}`);
    return schema as JsonSchema;
  }

  /** Follows a reference. */
  resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref ? this.named(schema.$ref.slice(PREFIX.length)) : schema;
  }

  /** What does not fit, each with its place; nothing when the value is as documented. */
  faults(value: unknown, reference: JsonSchema, at = '$'): string[] {
    const schema = this.resolve(reference);
    const types = [schema.type ?? []].flat();
    const type = typeOf(value);
    if (!types.includes(type) && !(type === 'integer' && types.includes('number'))) {
      return [`${at} is ${type}, not ${types.join(' or ')}`];
    }
    if (schema.enum && !schema.enum.includes(value)) return [`${at} is none of ${schema.enum}`];
    if (typeof value === 'string') return textFaults(value, schema, at);
    if (typeof value === 'number') return numberFaults(value, schema, at);
    if (Array.isArray(value)) {
      return value.flatMap((one, index) => this.faults(one, schema.items ?? {}, `${at}[${index}]`));
    }
    return value === null ? [] : this.objectFaults(value as object, schema, at);
  }

  private objectFaults(value: object, schema: JsonSchema, at: string): string[] {
    const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(value, name));
    const faults = Object.entries(value).flatMap(([name, field]: [string, unknown]) => {
      const own = schema.properties?.[name] ?? schema.additionalProperties;
      return own ? this.faults(field, own, `${at}.${name}`) : [`${at}.${name} is not documented`];
    });
    return [...missing.map((name) => `${at}.${name} is missing`), ...faults];
  }

  /**
   * A value made of the examples alone, as Swagger UI shows it.
   *
   * @throws {Error} naming what has neither an example, a default nor an enum
   */
  sample(reference: JsonSchema, at = '$'): unknown {
    const schema = this.resolve(reference);
    if (schema.example !== undefined) return schema.example;
    if (schema.default !== undefined) return schema.default;
    if (schema.enum) return schema.enum[0];
    if (schema.items) return [this.sample(schema.items, `${at}[0]`)];
    if (!schema.properties) throw new Error(`${at} has no example`);
    const fields = Object.entries(schema.properties);
    return Object.fromEntries(
      fields.map(([name, field]) => [name, this.sample(field, `${at}.${name}`)]),
    );
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (Number.isInteger(value)) return 'integer';
  return typeof value;
}

function textFaults(value: string, schema: JsonSchema, at: string): string[] {
  const { format, minLength = 0, maxLength = Infinity } = schema;
  const pattern = format === undefined ? undefined : FORMATS[format];
  if (format !== undefined && !pattern) return [`${at} has the unknown format ${format}`];
  if (pattern && !pattern.test(value)) return [`${at} is no ${format}`];
  const { length } = [...value];
  return length < minLength || length > maxLength ? [`${at} has ${length} characters`] : [];
}

function numberFaults(value: number, schema: JsonSchema, at: string): string[] {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  return value < minimum || value > maximum ? [`${at} is out of range`] : [];
}
