import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import packageJson from '../../package.json' with { type: 'json' };
import type { Access } from '../auth/access.js';
import { type Scope, SCOPES } from '../auth/scopes.js';
import { ERROR_SCHEMAS, errorAnswers, problemAnswer } from './error-answers.js';
import { accessByOperation, operationId } from './operations.js';
import { withoutDtoSuffix } from './schema-names.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const SCHEME = 'OAuth2';
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 document. What it says of security is what the guard enforces: both read one declaration. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const access = accessByOperation(app);
  const document = SwaggerModule.createDocument(app, frame(), { operationIdFactory: operationId });
  for (const [path, operation] of operationsOf(document)) {
    describeSecurity(operation, access.get(operation.operationId ?? ''));
    describeErrors(operation, path, document);
  }
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...ERROR_SCHEMAS },
    securitySchemes: {
      [SCHEME]: {
        type: 'oauth2',
        description:
          'Sign in with your username and password. Leave client_id and client_secret empty; ' +
          'with no scope ticked you get the usual ones.',
        // Relative, so that it holds behind any path prefix.
        flows: { password: { tokenUrl: 'token', scopes: textsOf(usedScopes(access)) } },
      },
    },
  };
  document.tags = document.tags?.filter(({ name }) => isUsed(name, document));
  return withoutDtoSuffix(document);
}

function frame(): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Hallpass')
    .setDescription(
      'Sign-in and tokens for an API.\n\nPress **Authorize**, sign in, and call the routes with a lock.',
    )
    .setVersion(packageJson.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('.', 'This server') // relative to this document, so that it holds behind any path prefix
    .addTag('Tokens', 'Sign in, and the keys that tokens are checked with')
    .addTag('Account', 'Your own account')
    .addTag('Examples', 'Items, and a Task Manager in which each person has only their own')
    .addTag('Health', 'For whoever runs the service')
    .build();
}

/** A section without a route, such as Examples with EXAMPLES=off, says nothing. */
function isUsed(tag: string, document: OpenAPIObject): boolean {
  return operationsOf(document).some(([, operation]) => operation.tags?.includes(tag));
}

function operationsOf(document: OpenAPIObject): Array<[path: string, operation: Operation]> {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[path, operation] as [string, Operation]] : [];
    }),
  );
}

function describeSecurity(operation: Operation, access: Access | undefined): void {
  delete operation.security;
  if (access?.kind !== 'bearer') return;
  const needed = { [SCHEME]: [...access.scopes] };
  operation.security = access.optional ? [needed, {}] : [needed];
  const scopes = access.scopes.map((scope) => `\`${scope}\``).join(' ');
  const needs = access.scopes.length > 0 ? `Needs the scope ${scopes}.` : 'Needs a token.';
  operation.description = [operation.description, needs].filter(Boolean).join('\n\n');
}

/** What a handler says of an error itself stays; the rest follows from what it takes and asks. */
function describeErrors(operation: Operation, path: string, document: OpenAPIObject): void {
  const declared = Object.entries(operation.responses).map(([status, answer]) => {
    const bare = Number(status) >= 400 && answer && !('content' in answer);
    return [status, bare ? { ...problemAnswer(Number(status), 'Not ready'), ...answer } : answer];
  });
  operation.responses = {
    ...errorAnswers(operation, path, document.components?.schemas),
    ...Object.fromEntries(declared),
  };
}

function usedScopes(access: ReadonlyMap<string, Access>): Scope[] {
  const used = new Set(
    [...access.values()].flatMap((one) => (one.kind === 'bearer' ? one.scopes : [])),
  );
  return (Object.keys(SCOPES) as Scope[]).filter((scope) => used.has(scope));
}

function textsOf(scopes: readonly Scope[]): Record<string, string> {
  return Object.fromEntries(scopes.map((scope) => [scope, SCOPES[scope].text]));
}
