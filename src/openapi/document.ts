import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import packageJson from '../../package.json' with { type: 'json' };
import type { Access, Callers } from '../auth/access.js';
import { Settings } from '../platform/settings/settings.js';
import { COMMON_HEADERS, withCommonHeaders } from './answer-headers.js';
import { withErrors } from './error-answers.js';
import { ERROR_SCHEMAS } from './error-schemas.js';
import { introduction } from './introduction.js';
import { accessByOperation, operationId } from './operations.js';
import type { Operation } from './parts.js';
import { inReadingOrder, operationsOf } from './reading-order.js';
import { withoutDtoSuffix } from './schema-names.js';
import { securityOf, securitySchemes } from './security-schemes.js';

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
    operation.responses = withCommonHeaders(
      withErrors(operation, path, own, document.components?.schemas),
    );
  }
  document.components = {
    ...document.components,
    headers: COMMON_HEADERS,
    schemas: { ...document.components?.schemas, ...ERROR_SCHEMAS },
    securitySchemes: securitySchemes(access),
  };
  document.security = []; // where an operation says nothing: said aloud, as linters ask for
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
    .addTag('Tokens', 'Sign in and out, for people and machines, and what tokens are checked with')
    .addTag('Account', 'Your own account, and where you are signed in')
    .addTag('Items', 'An example: the smallest guarded API')
    .addTag('Tasks', 'An example: a Task Manager in which each person has only their own')
    .addTag(
      'Administration',
      'Everybody’s accounts, the clients that may ask for tokens, and the audit log',
    )
    .addTag('Health', 'For whoever runs the service')
    .build();
}

function describeSecurity(operation: Operation, access: Access | undefined): void {
  delete operation.security;
  operation.description = [operation.description, whoMayCall(access)].filter(Boolean).join('\n\n');
  if (access?.kind === 'bearer') operation.security = securityOf(access);
}

function whoMayCall(access: Access | undefined): string {
  if (access?.kind !== 'bearer') return 'Open to anyone.';
  const scopes = access.scopes.map((scope) => `\`${scope}\``).join(' and ');
  const noun = access.scopes.length === 1 ? 'scope' : 'scopes';
  const needs = (scopes ? `the ${noun} ${scopes}` : 'a token') + WHOSE[access.callers];
  if (!access.optional) return `Needs ${needs}.`;
  return scopes ? `A token is optional; one that is sent needs ${needs}.` : 'A token is optional.';
}

const WHOSE: Readonly<Record<Callers, string>> = {
  users: '',
  'first-party': ', through a first-party client',
  anyone: '; a machine may call too',
};
