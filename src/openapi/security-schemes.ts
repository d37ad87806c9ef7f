import type { OpenAPIObject } from '@nestjs/swagger';
import type { Access, BearerAccess } from '../auth/access.js';
import { ALL_SCOPES, type Scope, SCOPES } from '../auth/scopes.js';

type Schemes = NonNullable<NonNullable<OpenAPIObject['components']>['securitySchemes']>;
type Security = NonNullable<OpenAPIObject['security']>;

const SCHEME = 'OAuth2';

/** Either of a list opens a route: a token with these scopes or, where it is optional, none. */
export function securityOf({ scopes, optional }: BearerAccess): Security {
  const needed = { [SCHEME]: [...scopes] };
  return optional ? [needed, {}] : [needed];
}

/** One scheme, a flow for each way to a token. The URLs are relative, so that they hold behind any path prefix. */
export function securitySchemes(access: ReadonlyMap<string, Access>): Schemes {
  const guarded = [...access.values()].filter((one) => one.kind === 'bearer');
  return {
    [SCHEME]: {
      type: 'oauth2',
      description:
        'Three ways to a token. In a browser (authorizationCode): people sign in on a page of this ' +
        'server, and the application never sees their password; with PKCE, for every application. ' +
        'By username and password (password): first-party clients alone; leave client_id and ' +
        'client_secret empty to be `hallpass`. As a machine (clientCredentials): by client_id and ' +
        'client_secret. With no scope ticked you get the usual ones.',
      flows: {
        authorizationCode: {
          authorizationUrl: 'authorize',
          tokenUrl: 'token',
          refreshUrl: 'token',
          // No route needs the last two: /userinfo tells more by them.
          scopes: scopeTexts(guarded, ['openid', 'profile', 'email']),
        },
        password: { tokenUrl: 'token', refreshUrl: 'token', scopes: scopeTexts(guarded) },
        clientCredentials: {
          tokenUrl: 'token',
          scopes: scopeTexts(guarded.filter(({ callers }) => callers === 'anyone')),
        },
      },
    },
  };
}

/** Each scope that one of these routes needs, or that is asked for besides, in the order of their list. */
function scopeTexts(
  routes: readonly BearerAccess[],
  besides: readonly Scope[] = [],
): Record<string, string> {
  const used = new Set([...besides, ...routes.flatMap(({ scopes }) => scopes)]);
  const texts = ALL_SCOPES.filter((scope) => used.has(scope)).map((scope) => [
    scope,
    SCOPES[scope].text,
  ]);
  return Object.fromEntries(texts) as Record<string, string>;
}
