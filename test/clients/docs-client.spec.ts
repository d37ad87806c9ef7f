import { afterEach, describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients/clients.js';
import { docsRedirectUris } from '../../src/clients/docs-client.js';
import { redirectUrisFault } from '../../src/protocol/redirect-uri.js';
import { startApp, type TestApp } from '../support/app.js';
import { ClientRoutes } from '../support/client-routes.js';
import { postForm, signIn } from '../support/http.js';

const ON_LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

describe('the redirect URIs of the docs page', () => {
  it.each([
    ['https://id.example.com', ['https://id.example.com/oauth2-redirect.html']],
    ['https://id.example.com/', ['https://id.example.com/oauth2-redirect.html']],
    ['https://ID.Example.com:443', ['https://id.example.com/oauth2-redirect.html']],
    ['https://example.com:8443/a/b', ['https://example.com:8443/a/b/oauth2-redirect.html']],
    ['https://localhost.example', ['https://localhost.example/oauth2-redirect.html']],
    ...ON_LOOPBACK.map((host): [string, string[]] => [
      `http://${host}:3000/auth`,
      ON_LOOPBACK.map((one) => `http://${one}:3000/auth/oauth2-redirect.html`),
    ]),
  ])('of %s are good to be registered (RFC 8252 §7.3)', (publicUrl, uris) => {
    expect(docsRedirectUris(publicUrl)).toEqual(uris);
    expect(redirectUrisFault(uris)).toBeUndefined();
  });
});

describe('the client of the docs page', () => {
  let service: TestApp;
  afterEach(() => service.close());

  const routes = async () =>
    new ClientRoutes(
      service,
      await signIn(service.url, 'johndoe', 'secret', 'clients:read clients:write'),
    );
  /** What the grant is does not matter: an unknown client is refused before, in these words. */
  const refusal = async () => {
    const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'hallpass-docs' };
    return (await postForm(`${service.url}/token`, form)).body.error as string;
  };

  it('is public, ours, and where PUBLIC_URL says, for codes as for administrators', async () => {
    service = await startApp({ env: { PUBLIC_URL: 'https://id.example.com/auth' } });
    const redirect_uris = ['https://id.example.com/auth/oauth2-redirect.html'];
    const { body } = await (await routes()).read('hallpass-docs');
    expect(body).toMatchObject({
      name: 'Hallpass docs',
      confidential: false,
      first_party: true,
      grants: ['authorization_code', 'refresh_token'],
      redirect_uris,
      disabled: false,
    });
    expect(body.scopes).toContain('clients:write');
    const { items } = (await (await routes()).list()).body;
    expect(items.at(-1)).toEqual(body);
    const found = await service.app.get(Clients).find('hallpass-docs');
    expect(found).toMatchObject({ scopes: 'unrestricted', redirectUris: redirect_uris });
    expect(await refusal()).toBe('invalid_grant');
  });

  it('keeps its redirect URIs, and takes every other change', async () => {
    service = await startApp();
    const clients = await routes();
    const { redirect_uris } = (await clients.read('hallpass-docs')).body;
    expect(redirect_uris).toHaveLength(3);
    for (const asked of [[], ['https://elsewhere.example/cb']]) {
      const refused = await clients.change('hallpass-docs', { name: 'x', redirect_uris: asked });
      expect(refused.status).toBe(422);
      expect(refused.body.errors).toEqual([
        { field: 'redirect_uris', message: 'must stay: the docs page is where PUBLIC_URL says' },
      ]);
    }
    const changed = await clients.change('hallpass-docs', { name: 'Try it', redirect_uris });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ name: 'Try it', redirect_uris });
    expect((await clients.change('hallpass-docs', { disabled: true })).status).toBe(200);
    expect(await refusal()).toBe('invalid_client');
    expect((await clients.delete('hallpass-docs')).status).toBe(409);
  });

  it('is nobody while DOCS=off, and its grants are not advertised for its sake', async () => {
    service = await startApp({ env: { DOCS: 'off' } });
    const clients = service.app.get(Clients);
    expect(await clients.find('hallpass-docs')).toBeNull();
    expect(await clients.grantsInUse()).not.toContain('authorization_code');
    expect(await refusal()).toBe('invalid_client');
    expect((await (await routes()).read('hallpass-docs')).status).toBe(200);
  });
});
