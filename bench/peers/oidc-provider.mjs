// node-oidc-provider, the reference among OpenID providers for Node: the same client_credentials token and
// the same introspection.
//
// Fair to it: its own in-memory adapter, so that it writes nothing to a disk; a JWT access token for one
// resource, signed with ES256, of the same claims but for the client's epoch; the library's own HTTP server and
// nothing around it; production mode. Fair to us: the client proves itself by HTTP Basic here and there.
// It keeps no copy of a JWT access token, and so cannot introspect one: the token that it is asked
// about is an opaque one, which it looks up in memory.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const RESOURCE = 'https://api.example.com';
const port = Number(process.env.PORT);
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: process.env.CLIENT_ID,
      client_secret: process.env.CLIENT_SECRET,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  cookies: { keys: ['not used: nobody signs in here with a browser'] },
  ttl: { ClientCredentials: 900 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => (process.env.TOKENS === 'opaque' ? undefined : RESOURCE),
      getResourceServerInfo: () => ({
        scope: 'users:read',
        audience: RESOURCE,
        accessTokenTTL: 900,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  scopes: ['users:read'],
});

createServer(provider.callback()).listen(port, '127.0.0.1');
