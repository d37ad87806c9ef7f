import type { OpenAPIObject } from '@nestjs/swagger';

const PREFIX = '#/components/schemas/';

/** A class is called UserDto to tell it from the entity; whoever reads the document, or generates a client, knows one User. */
export function withoutDtoSuffix(document: OpenAPIObject): OpenAPIObject {
  const text = JSON.stringify(document);
  const renamed = JSON.parse(text, (key, value: unknown) => {
    const isReference = key === '$ref' && typeof value === 'string' && value.startsWith(PREFIX);
    return isReference ? shorten(value) : value;
  }) as OpenAPIObject;
  const schemas = Object.entries(renamed.components?.schemas ?? {});
  const names = new Set(schemas.map(([name]) => shorten(name)));
  if (names.size < schemas.length) throw new Error('Two schemas have one name in the docs');
  const shortened = Object.fromEntries(schemas.map(([name, schema]) => [shorten(name), schema]));
  return { ...renamed, components: { ...renamed.components, schemas: shortened } };
}

function shorten(name: string): string {
  return name.replace(/Dto$/, '');
}
