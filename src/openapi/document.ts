import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import packageJson from '../../package.json' with { type: 'json' };
import type { Access } from '../auth/access.js';
import { type Scope, SCOPES } from '../auth/scopes.js';
import { Settings } from '../platform/settings/settings.js';
import { COMMON_HEADERS, withCommonHeaders } from './answer-headers.js';
import { errorAnswers } from './error-answers.js';
import { ERROR_SCHEMAS } from './error-schemas.js';
import { introduction } from './introduction.js';
import { accessByOperation, operationId } from './operations.js';
import type { Operation } from './parts.js';
import { inReadingOrder, operationsOf } from './reading-order.js';
import { withoutDtoSuffix } from './schema-names.js';

const SCHEME = 'OAuth2';

/** The OpenAPI 3.1 document. What it says of security is what the guard enforces: both read one declaration. */
export function buildDocument(app: INestApplication): OpenAPIObject {
  const access = accessByOperation(app);
  const { PUBLIC_URL } = app.get(Settings, { strict: false });
  const document = SwaggerModule.createDocument(app, frame(PUBLIC_URL), {
    operationIdFactory: operationId,
  });
  for (const [path, operation] of operationsOf(document)) {
    const own = access.get(operation.operationId ?? '');
    describeSecurity(operation, own);
    operation.responses = withCommonHeaders({
      ...errorAnswers(operation, path, own, document.components?.schemas),
      ...operation.responses, // what a handler says of an error itself stays
    });
  }
  document.components = {
    ...document.components,
    headers: COMMON_HEADERS,
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
  return withoutDtoSuffix(inReadingOrder(document));
}

/** The tags are the sections, in the order of a first visit. */
function frame(base: string): Omit<OpenAPIObject, 'paths'> {
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Hallpass')
    .setDescription(introduction(base))
    .setVersion(packageJson.version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('.', 'This server') // relative to this document, so that it holds behind any path prefix
    .addTag('Tokens', 'Sign in, and the keys that tokens are checked with')
    .addTag('Account', 'Your own account')
    .addTag('Items', 'An example: the smallest guarded API')
    .addTag('Tasks', 'An example: a Task Manager in which each person has only their own')
    .addTag('Health', 'For whoever runs the service')
    .build();
}

function describeSecurity(operation: Operation, access: Access | undefined): void {
  delete operation.security;
  operation.description = [operation.description, whoMayCall(access)].filter(Boolean).join('\n\n');
  if (access?.kind !== 'bearer') return;
  const needed = { [SCHEME]: [...access.scopes] };
  operation.security = access.optional ? [needed, {}] : [needed];
}

function whoMayCall(access: Access | undefined): string {
  if (access?.kind !== 'bearer') return 'Open to anyone.';
  const scopes = access.scopes.map((scope) => `\`${scope}\``).join(' and ');
  const noun = access.scopes.length === 1 ? 'scope' : 'scopes';
  const needs = scopes ? `the ${noun} ${scopes}` : 'a token';
  if (!access.optional) return `Needs ${needs}.`;
  return scopes ? `A token is optional; one that is sent needs ${needs}.` : 'A token is optional.';
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
