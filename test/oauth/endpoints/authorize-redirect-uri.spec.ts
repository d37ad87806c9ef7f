import { beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { addClient, type TestClient } from '../../support/clients.js';
import { addApplication, REDIRECT_URI } from '../../support/codes.js';
import type { Answer } from '../../support/http.js';
import { expectPage } from '../../support/markup.js';
import { authorizePath, pkce, Visitor } from '../../support/visitor.js';

const LOOPBACK = 'http://127.0.0.1/callback';
const OF_THE_APP = 'com.example.app:/callback';
const WITH_QUERY = 'https://app.example.com/from?tenant=a%20b';

const UNKNOWN_APP = 'This app is not known here';
const UNKNOWN_ADDRESS = 'This app asks to be answered at an unknown address';

/** What a browser, or a careless comparison, takes for https://app.example.com/callback or sends elsewhere. */
const FOREIGN: Readonly<Record<string, string>> = {
  'another host': 'https://attacker.example/callback',
  'plain http': 'http://app.example.com/callback',
  'a scheme in capitals': 'HTTPS://app.example.com/callback',
  'a host in capitals': 'https://APP.example.com/callback',
  'a path in capitals': 'https://app.example.com/Callback',
  'a port': 'https://app.example.com:8443/callback',
  'the usual port': 'https://app.example.com:443/callback',
  'a user name': 'https://app.example.com@attacker.example/callback',
  'a user name before the right host': 'https://attacker@app.example.com/callback',
  'a password': 'https://a:b@app.example.com/callback',
  'a path that climbs': 'https://app.example.com/callback/../callback',
  'a path that climbs, encoded': 'https://app.example.com/callback/%2e%2e/callback',
  'a dot': 'https://app.example.com/./callback',
  'an encoded dot': 'https://app.example.com/%2e/callback',
  'an encoded letter': 'https://app.example.com/%63allback',
  'a slash at the end': 'https://app.example.com/callback/',
  'two slashes': 'https://app.example.com//callback',
  'a longer path': 'https://app.example.com/callback.attacker',
  'a shorter path': 'https://app.example.com/callbac',
  'no path': 'https://app.example.com',
  'a query': 'https://app.example.com/callback?next=https://attacker.example',
  'an empty query': 'https://app.example.com/callback?',
  'a fragment': 'https://app.example.com/callback#attacker',
  'an empty fragment': 'https://app.example.com/callback#',
  'a backslash': 'https://app.example.com\\callback',
  'a backslash before another host': 'https://attacker.example\\@app.example.com/callback',
  'a subdomain': 'https://a.app.example.com/callback',
  'a host that ends alike': 'https://evilapp.example.com/callback',
  'a host that begins alike': 'https://app.example.com.attacker.example/callback',
  'a dot after the host': 'https://app.example.com./callback',
  'letters of another alphabet': 'https://арр.example.com/callback',
  'the same in Punycode': 'https://xn--80a6aa.example.com/callback',
  'a full-width letter': 'https://ａpp.example.com/callback',
  'no scheme': '//app.example.com/callback',
  'a path alone': '/callback',
  'a space before': ' https://app.example.com/callback',
  'a space after': 'https://app.example.com/callback ',
  'a tab within': 'https://app.exam\tple.com/callback',
  'a line after': 'https://app.example.com/callback\r\nset-cookie: a=b',
  'NUL after': 'https://app.example.com/callback\0',
  'another after a comma': 'https://app.example.com/callback,https://attacker.example/',
  'a script': 'javascript:alert(1)',
  'a script of the right name': 'javascript://app.example.com/callback%0aalert(1)',
  data: 'data:text/html,<script>alert(1)</script>',
  'a file': 'file:///callback',
  'a view of the source': 'view-source:https://app.example.com/callback',
  markup: 'https://app.example.com/callback"><script>alert(1)</script>',
};

/** The same for http://127.0.0.1/callback, of which any port is good. RFC 8252 §7.3. */
const NOT_LOOPBACK: Readonly<Record<string, string>> = {
  'a user name': 'http://attacker@127.0.0.1/callback',
  'the host as a user name': 'http://127.0.0.1@attacker.example/callback',
  'the host and port as a user': 'http://127.0.0.1:8080@attacker.example/callback',
  'a longer host': 'http://127.0.0.1.attacker.example/callback',
  'its name': 'http://localhost/callback',
  'another of the network': 'http://127.0.0.2/callback',
  'a shorter spelling': 'http://127.1/callback',
  'a number': 'http://2130706433/callback',
  hexadecimal: 'http://0x7f000001/callback',
  IPv6: 'http://[::1]/callback',
  'IPv4 in IPv6': 'http://[::ffff:127.0.0.1]/callback',
  'another path': 'http://127.0.0.1:8080/other',
  'a path that climbs': 'http://127.0.0.1:8080/a/../callback',
  https: 'https://127.0.0.1/callback',
  'the usual port, which no browser writes': 'http://127.0.0.1:80/callback',
  'port 0': 'http://127.0.0.1:0/callback',
  'a port with a zero before it': 'http://127.0.0.1:08080/callback',
  'a port that is too high': 'http://127.0.0.1:65536/callback',
  'a colon alone': 'http://127.0.0.1:/callback',
  'a port that is no number': 'http://127.0.0.1:80a/callback',
};

/** RFC 6749 §4.1.2.1, RFC 9700 §2.1 and §4.11. */
describe('where /authorize sends a browser', () => {
  let app: TestApp;
  let client: TestClient;
  let visitor: Visitor;
  const code_challenge = pkce().challenge;

  const ask = (more: Record<string, string | undefined>): Promise<Answer> =>
    visitor.get(
      authorizePath({ client_id: client.id, redirect_uri: REDIRECT_URI, code_challenge, ...more }),
    );
  const expectShown = (answer: Answer, title: string, what: string) => {
    expect(answer.headers.get('location'), what).toBeNull();
    expectPage(answer, 400, title);
    expect(answer.text, what).not.toMatch(/attacker|<script|http-equiv/i);
  };

  beforeAll(async () => {
    app = await startApp();
    visitor = new Visitor(app.url);
    await visitor.signIn(); // whoever is signed in has a code to lose
    client = await addApplication(app, {
      redirectUris: [REDIRECT_URI, LOOPBACK, OF_THE_APP, WITH_QUERY],
    });
    return () => app.close();
  });

  it('is each address that is registered, and no byte of it changes', async () => {
    for (const redirect_uri of [REDIRECT_URI, LOOPBACK, OF_THE_APP]) {
      const { status, headers } = await ask({ redirect_uri });
      expect(status).toBe(303);
      expect(headers.get('location')).toContain(`${redirect_uri}?code=hp_ac_`);
    }
    const { headers } = await ask({ redirect_uri: WITH_QUERY });
    expect(headers.get('location')).toContain(`${WITH_QUERY}&code=hp_ac_`);
  });

  it.each([1, 8080, 65535])('is a loopback address at port %i (RFC 8252 §7.3)', async (port) => {
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const { headers } = await ask({ redirect_uri });
    expect(headers.get('location')).toContain(`${redirect_uri}?code=hp_ac_`);
  });

  it.each(Object.entries(FOREIGN))('is nowhere for %s', async (what, redirect_uri) => {
    expectShown(await ask({ redirect_uri }), UNKNOWN_ADDRESS, what);
  });

  it.each(Object.entries(NOT_LOOPBACK))('is no loopback address with %s', async (what, uri) => {
    expectShown(await ask({ redirect_uri: uri }), UNKNOWN_ADDRESS, what);
  });

  it('is nowhere even when all the rest is wrong too, so that no error is sent there', async () => {
    const redirect_uri = 'https://attacker.example/callback';
    for (const more of [
      { response_type: 'token' },
      { prompt: 'none' },
      { scope: 'nothing' },
      { code_challenge: undefined },
      { request: 'a.b.c' },
      { request_uri: 'https://attacker.example/request' },
    ]) {
      expectShown(await ask({ redirect_uri, ...more }), UNKNOWN_ADDRESS, JSON.stringify(more));
    }
  });

  it('is nowhere when the address is sent twice, even the same one, or nested', async () => {
    const path = authorizePath({
      client_id: client.id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
    });
    for (const more of [
      `redirect_uri=${encodeURIComponent(REDIRECT_URI)}`,
      'redirect_uri=https://attacker.example/',
      'redirect_uri=',
      'redirect_uri[]=https://attacker.example/',
      'redirect_uri%5Ba%5D=https://attacker.example/',
    ]) {
      expectShown(await visitor.get(`${path}&${more}`), UNKNOWN_ADDRESS, more);
    }
  });

  it('is nowhere when no address is sent and more than one is registered', async () => {
    expectShown(await ask({ redirect_uri: undefined }), UNKNOWN_ADDRESS, 'none');
    expectShown(await ask({ redirect_uri: '' }), UNKNOWN_ADDRESS, 'an empty one');
  });

  it('is the only address when none is sent, but not for OpenID Connect (Core §3.1.2.1)', async () => {
    const { id: client_id } = await addApplication(app);
    const { headers } = await ask({ client_id, redirect_uri: undefined });
    expect(headers.get('location')).toContain(`${REDIRECT_URI}?code=hp_ac_`);
    const openid = await ask({ client_id, redirect_uri: undefined, scope: 'openid' });
    expectShown(openid, UNKNOWN_ADDRESS, 'openid');
  });

  it('is nowhere for a client that is unknown, disabled, or named otherwise than once', async () => {
    const off = await addApplication(app, { disabled: true });
    const path = authorizePath({
      client_id: client.id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
    });
    for (const asked of [
      ask({ client_id: '019a0000-0000-7000-8000-000000000000' }),
      ask({ client_id: off.id }),
      ask({ client_id: client.id.toUpperCase() }),
      ask({ client_id: ` ${client.id}` }),
      ask({ client_id: `${client.id}\0` }),
      ask({ client_id: "' OR 1=1 --" }),
      ask({ client_id: '"><script>alert(1)</script>' }),
      ask({ client_id: 'x'.repeat(4000) }),
      ask({ client_id: '' }),
      ask({ client_id: undefined }),
      visitor.get(`${path}&client_id=${client.id}`),
      visitor.get(`${path}&client_id[]=${client.id}`),
    ]) {
      expectShown(await asked, UNKNOWN_APP, 'client_id');
    }
  });

  it('is nowhere for a client without any redirect URI', async () => {
    const { id: client_id } = await addClient(app, { grants: ['client_credentials'] });
    expectShown(await ask({ client_id }), UNKNOWN_ADDRESS, 'a machine');
  });

  it('tells an unknown client and a disabled one by the same page', async () => {
    const off = await addApplication(app, { disabled: true });
    const unknown = await ask({ client_id: '019a0000-0000-7000-8000-000000000000' });
    const disabled = await ask({ client_id: off.id });
    const withoutIds = ({ text }: Answer) => text.replaceAll(/[\da-f-]{36}/g, '');
    expect(withoutIds(disabled)).toBe(withoutIds(unknown));
  });
});
