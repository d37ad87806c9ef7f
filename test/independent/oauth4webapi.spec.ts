import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { addClient, type TestClient } from '../support/clients.js';
import { bearer } from '../support/http.js';
import { secretRoute } from '../support/tokens.js';

/** The service of a test has no certificate. There is no other leniency here. */
const OVER_HTTP = { [oauth.allowInsecureRequests]: true };

describe.each(['ES256', 'RS256'])(
  'oauth4webapi, which knows no more of us than the RFCs (%s)',
  (TOKEN_ALGORITHM) => {
    let service: TestApp;
    let server: oauth.AuthorizationServer;

    beforeEach(async () => {
      service = await startApp({ env: { TOKEN_ALGORITHM } });
      server = await discover();
    });
    afterEach(() => service.close());

    async function discover(): Promise<oauth.AuthorizationServer> {
      const issuer = new URL(service.settings.PUBLIC_URL);
      const options = { algorithm: 'oauth2', ...OVER_HTTP } as const;
      return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, options));
    }

    const machineToken = async (
      client: oauth.Client,
      authentication: oauth.ClientAuth,
      scope = '',
    ) =>
      oauth.processClientCredentialsResponse(
        server,
        client,
        await oauth.clientCredentialsGrantRequest(
          server,
          client,
          authentication,
          scope ? { scope } : {},
          OVER_HTTP,
        ),
      );
    const introspect = async (
      client: oauth.Client,
      authentication: oauth.ClientAuth,
      token: string,
    ) =>
      oauth.processIntrospectionResponse(
        server,
        client,
        await oauth.introspectionRequest(server, client, authentication, token, OVER_HTTP),
      );
    const revoke = async (client: oauth.Client, authentication: oauth.ClientAuth, token: string) =>
      oauth.processRevocationResponse(
        await oauth.revocationRequest(server, client, authentication, token, OVER_HTTP),
      );

    function ways({ id, secret }: TestClient): [oauth.Client, oauth.ClientAuth][] {
      const client = { client_id: id };
      return [
        [client, oauth.ClientSecretBasic(secret)],
        [client, oauth.ClientSecretPost(secret)],
      ];
    }

    it('discovers the server by its issuer (RFC 8414 §3)', () => {
      expect(server.issuer).toBe(service.url);
      expect(server.token_endpoint).toBe(`${service.url}/token`);
    });

    it('gets a machine’s token, inspects it, and revokes it, with both ways of authentication', async () => {
      const machine = await addClient(service, { scopes: ['users:read', 'audit:read'] });
      for (const [client, authentication] of ways(machine)) {
        const granted = await machineToken(client, authentication, 'audit:read');
        expect(granted).toMatchObject({
          token_type: 'bearer',
          expires_in: 900,
          scope: 'audit:read',
        });
        expect(granted.refresh_token).toBeUndefined();
        expect(await introspect(client, authentication, granted.access_token)).toMatchObject({
          active: true,
          client_id: machine.id,
          sub: `client:${machine.id}`,
          scope: 'audit:read',
        });
        await revoke(client, authentication, granted.access_token);
        expect(await introspect(client, authentication, granted.access_token)).toEqual({
          active: false,
        });
        expect(await secretRoute(service.url, granted.access_token)).toBe(401);
      }
    });

    it('signs in, refreshes, and revokes, as a public client', async () => {
      const client = { client_id: 'hallpass' };
      const nobody = oauth.None();
      const form = { username: 'johndoe', password: 'secret' };
      const first = await oauth.processGenericTokenEndpointResponse(
        server,
        client,
        await oauth.genericTokenEndpointRequest(
          server,
          client,
          nobody,
          'password',
          form,
          OVER_HTTP,
        ),
      );
      const second = await oauth.processRefreshTokenResponse(
        server,
        client,
        await oauth.refreshTokenGrantRequest(
          server,
          client,
          nobody,
          first.refresh_token as string,
          OVER_HTTP,
        ),
      );
      expect(second.refresh_token).toEqual(expect.stringMatching(/^hp_rt_/));
      expect(second.refresh_token).not.toBe(first.refresh_token);
      expect(await secretRoute(service.url, second.access_token)).toBe(200);
      await revoke(client, nobody, second.refresh_token as string);
      expect(await secretRoute(service.url, first.access_token)).toBe(401);
      const late = await oauth.refreshTokenGrantRequest(
        server,
        client,
        nobody,
        second.refresh_token as string,
        OVER_HTTP,
      );
      await expect(oauth.processRefreshTokenResponse(server, client, late)).rejects.toMatchObject({
        name: 'ResponseBodyError',
        error: 'invalid_grant',
        status: 400,
      });
    });

    it('understands a refused client by its challenge, and a refused scope by its code', async () => {
      const machine = await addClient(service);
      const client = { client_id: machine.id };
      const refused = machineToken(client, oauth.ClientSecretBasic('wrong'));
      await expect(refused).rejects.toMatchObject({
        name: 'WWWAuthenticateChallengeError',
        status: 401,
        cause: [{ scheme: 'basic', parameters: { realm: 'hallpass' } }],
      });
      const tooMuch = machineToken(client, oauth.ClientSecretBasic(machine.secret), 'audit:read');
      await expect(tooMuch).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
    });

    it('takes our access tokens as a resource server does (RFC 9068 §4)', async () => {
      const machine = await addClient(service);
      const [[client, authentication]] = ways(machine) as [[oauth.Client, oauth.ClientAuth]];
      const { access_token } = await machineToken(client, authentication);
      const request = new Request('https://api.example/', { headers: bearer(access_token) });
      const claims = await oauth.validateJwtAccessToken(server, request, service.url, OVER_HTTP);
      expect(claims).toMatchObject({
        client_id: machine.id,
        scope: 'users:read',
        iss: service.url,
      });
      const elsewhere = new Request('https://api.example/', { headers: bearer(access_token) });
      const other = oauth.validateJwtAccessToken(server, elsewhere, 'https://other', OVER_HTTP);
      await expect(other).rejects.toThrow(/aud/);
    });
  },
);
