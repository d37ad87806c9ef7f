import type { OpenAPIObject } from '@nestjs/swagger';
import type { Operation } from './parts.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Every operation with its path. */
export function operationsOf({
  paths,
}: Pick<OpenAPIObject, 'paths'>): Array<[path: string, operation: Operation]> {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[path, operation] as [string, Operation]] : [];
    }),
  );
}

/**
 * Section by section, as the tags are listed, and within one as its controllers are written: every
 * reader of the document then shows the same order. A section without a route, such as the examples'
 * with EXAMPLES=off, is left out.
 */
export function inReadingOrder(document: OpenAPIObject): OpenAPIObject {
  const names = (document.tags ?? []).map(({ name }) => name);
  const sectionOf = (path: string): number => {
    const [, first] = operationsOf({ paths: { [path]: document.paths[path] ?? {} } })[0] ?? [];
    const index = names.indexOf(first?.tags?.[0] ?? '');
    return index === -1 ? names.length : index;
  };
  const paths = Object.keys(document.paths).toSorted((a, b) => sectionOf(a) - sectionOf(b));
  const used = new Set(operationsOf(document).flatMap(([, { tags = [] }]) => tags));
  const { openapi, info, servers, tags = [], ...rest } = document;
  return {
    openapi,
    info,
    servers,
    tags: tags.filter(({ name }) => used.has(name)),
    ...rest,
    paths: Object.fromEntries(paths.map((path) => [path, document.paths[path] ?? {}])),
  };
}
