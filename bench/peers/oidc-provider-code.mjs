// node-oidc-provider, the reference among OpenID providers for Node: the same authorization code flow.
//
// Fair to it: its own in-memory adapter, so that it writes nothing to a disk; an opaque access token, its default,
// where Hallpass signs one; the library's own HTTP server and nothing around it; production mode; an account that is
// found without looking. Fair to us: an id_token signed with RS256 and 2048 bits, the client by HTTP Basic, a refresh
// token for the scopes that are asked for, and a browser that is signed in and has consented, here and there.
// Its interaction is over as soon as it begins: whoever comes is signed in and consents.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const port = Number(process.env.PORT);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: process.env.CLIENT_ID,
      client_secret: process.env.CLIENT_SECRET,
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      redirect_uris: [process.env.REDIRECT_URI],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['signs the cookies of a bench'] },
  claims: { openid: ['sub'], profile: ['name'] },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, name: 'John Doe' }) }),
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  routes: { authorization: '/authorize' },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  features: { devInteractions: { enabled: false } },
});

const oidc = provider.callback();
createServer((request, response) => {
  if (!request.url.startsWith('/interaction/')) return oidc(request, response);
  return interact(request, response);
}).listen(port, '127.0.0.1');

async function interact(request, response) {
  const { params, session } = await provider.interactionDetails(request, response);
  const accountId = session?.accountId ?? `person-${Math.random()}`;
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const result = { login: { accountId }, consent: { grantId: await grant.save() } };
  await provider.interactionFinished(request, response, result);
}
