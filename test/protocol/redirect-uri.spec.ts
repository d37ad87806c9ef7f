import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  isLoopbackUri,
  matchRedirectUri,
  provesClient,
  redirectSource,
  redirectUriFault,
  redirectUrisFault,
} from '../../src/protocol/redirect-uri.js';

type Parts = Readonly<Record<'scheme' | 'host' | 'port' | 'rest', string>>;

describe('redirectUriFault (RFC 6749 §3.1.2, RFC 9700 §2.1)', () => {
  it.each([
    'https://app.example.com/callback',
    'https://app.example.com',
    'https://app.example.com/',
    'https://app.example.com:8443/cb?tenant=a%20b&x=',
    'https://xn--bcher-kva.example/cb',
    'https://192.0.2.7/cb',
    'https://[2001:db8::1]/cb',
    'http://127.0.0.1/cb',
    'http://127.0.0.1:49152/cb',
    'http://[::1]:8080/cb',
    'http://localhost:5173/cb',
    'com.example.app:/oauth2redirect',
    'com.example.app://callback',
    `https://app.example.com/${'x'.repeat(1976)}`,
  ])('takes %s', (uri) => {
    expect(redirectUriFault(uri)).toBeUndefined();
  });

  it.each([
    ['', 'RFC 3986'],
    ['/callback', 'absolute'],
    ['//app.example.com/cb', 'absolute'],
    ['app.example.com/cb', 'absolute'],
    ['https://', 'absolute'],
    ['https://app.example.com/#', 'fragment'],
    ['https://app.example.com/cb#part', 'fragment'],
    ['https://user@app.example.com/cb', 'user name'],
    ['https://user:pw@app.example.com/cb', 'user name'],
    ['https://good.example.com@evil.example.com/cb', 'user name'],
    ['com.example.app://user@callback', 'user name'],
    ['http://app.example.com/cb', 'https'],
    ['http://localhost.example.com/cb', 'https'],
    ['http://127.0.0.2/cb', 'https'],
    ['http://0.0.0.0/cb', 'https'],
    ['javascript:alert(1)', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['blob:https://app.example.com/x', 'scheme'],
    ['about:blank', 'scheme'],
    ['ftp://app.example.com/cb', 'scheme'],
    ['myapp:/cb', 'scheme'],
    ['.app:/cb', 'absolute'],
    ['app.:/cb', 'scheme'],
    ['https://*.example.com/cb', 'wildcard'],
    ['https://app.example.com/*', 'wildcard'],
    ['https://app.example.com\\@evil.example.com/cb', 'RFC 3986'],
    ['https:\\\\app.example.com/cb', 'RFC 3986'],
    ['https://app.example.com/a b', 'RFC 3986'],
    [' https://app.example.com/cb', 'RFC 3986'],
    ['https://app.example.com/cb\n', 'RFC 3986'],
    ['https://app.example.com/\t', 'RFC 3986'],
    ['java\nscript:alert(1)', 'RFC 3986'],
    ['https://app.example.com/\0', 'RFC 3986'],
    ['https://app.example.com/é', 'RFC 3986'],
    ['https://bücher.example/cb', 'RFC 3986'],
    ['https://app.example.com/%zz', 'RFC 3986'],
    ['https://a,b.example.com/cb', 'host'],
    ["https://a'b.example.com/cb", 'host'],
    ['https://app.example.com;x/cb', 'host'],
    ['https://$a(b)!.example.com/cb', 'host'],
    ['https://app.example.com/a/../cb', 'browser'],
    ['https://app.example.com/a/./cb', 'browser'],
    ['https://app.example.com/a/%2e%2E/cb', 'browser'],
    ['com.example.app:/a/../cb', 'browser'],
    ['https:app.example.com/cb', 'browser'],
    ['https:/app.example.com/cb', 'browser'],
    ['https:///app.example.com/cb', 'browser'],
    ['https://app.example.com:443/cb', 'browser'],
    ['https://APP.example.com/cb', 'browser'],
    ['HTTPS://app.example.com/cb', 'browser'],
    ['https://%61pp.example.com/cb', 'browser'],
    ['https://@app.example.com/cb', 'browser'],
    ['http://127.1/cb', 'browser'],
    ['http://2130706433/cb', 'browser'],
    ['http://LOCALHOST/cb', 'browser'],
    [`https://app.example.com/${'x'.repeat(1977)}`, '2000'],
  ])('refuses %j', (uri, reason) => {
    expect(redirectUriFault(uri)).toContain(reason);
  });
});

describe('redirectUrisFault', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => `https://app.example.com/${index}`);

  it('takes none, and 20', () => {
    expect(redirectUrisFault([])).toBeUndefined();
    expect(redirectUrisFault(many(20))).toBeUndefined();
  });

  it('refuses 21, and one twice', () => {
    expect(redirectUrisFault(many(21))).toContain('at most 20');
    expect(redirectUrisFault([...many(2), ...many(1)])).toContain('twice');
  });

  it('says which one is bad, and does not repeat it', () => {
    expect(redirectUrisFault([...many(2), 'javascript:alert(1)'])).toMatch(/scheme.*\(number 3\)$/);
    expect(redirectUrisFault(['javascript:alert(1)'])).not.toContain('number');
  });
});

describe('matchRedirectUri (RFC 9700 §2.1)', () => {
  const CB = 'https://app.example.com/cb';

  it.each([
    CB,
    'https://app.example.com',
    'https://app.example.com:8443/cb?tenant=a%20b&x=',
    'https://xn--bcher-kva.example/cb',
    'http://localhost:5173/cb',
    'com.example.app:/cb',
    'com.example.app://callback',
  ])('takes %s where it is registered, first or last', (uri) => {
    expect(matchRedirectUri(uri, [uri])).toBe(true);
    expect(matchRedirectUri(uri, ['https://other.example/', uri])).toBe(true);
    expect(matchRedirectUri(uri, [])).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['the path in another case', 'https://app.example.com/CB'],
    ['the host in another case', 'https://APP.example.com/cb'],
    ['the scheme in another case', 'HTTPS://app.example.com/cb'],
    ['http', 'http://app.example.com/cb'],
    ['another port', 'https://app.example.com:444/cb'],
    ['the default port', 'https://app.example.com:443/cb'],
    ['user information', 'https://user@app.example.com/cb'],
    ['the host as user information', 'https://app.example.com@evil.example/cb'],
    ['/../', 'https://app.example.com/x/../cb'],
    ['/./', 'https://app.example.com/./cb'],
    ['a trailing slash', 'https://app.example.com/cb/'],
    ['a doubled slash', 'https://app.example.com//cb'],
    ['a path below', 'https://app.example.com/cb/more'],
    ['a path above', 'https://app.example.com/'],
    ['no path', 'https://app.example.com'],
    ['a query', 'https://app.example.com/cb?x=1'],
    ['an empty query', 'https://app.example.com/cb?'],
    ['a fragment', 'https://app.example.com/cb#x'],
    ['an empty fragment', 'https://app.example.com/cb#'],
    ['%2e', 'https://app.example.com/x/%2e%2e/cb'],
    ['an encoded letter', 'https://app.example.com/%63b'],
    ['an encoded slash', 'https://app.example.com%2Fcb'],
    ['a backslash', 'https://app.example.com\\cb'],
    ['a backslash before another host', 'https://evil.example\\@app.example.com/cb'],
    ['a subdomain', 'https://a.app.example.com/cb'],
    ['a domain above', 'https://example.com/cb'],
    ['a longer name', 'https://app.example.com.evil.example/cb'],
    ['a trailing dot', 'https://app.example.com./cb'],
    ['a letter that looks the same', 'https://аpp.example.com/cb'],
    ['its punycode', 'https://xn--pp-7lc.example.com/cb'],
    ['a soft hyphen', 'https://app.ex\u00adample.com/cb'],
    ['a full stop of another script', 'https://app。example.com/cb'],
    ['a space before', ' https://app.example.com/cb'],
    ['a space after', 'https://app.example.com/cb '],
    ['a tab inside', 'https://app.exam\tple.com/cb'],
    ['a newline after', 'https://app.example.com/cb\n'],
    ['NUL', 'https://app.example.com/cb\0'],
    ['a parameter of ;', 'https://app.example.com/cb;x'],
    ['two of them', 'https://app.example.com/cb https://app.example.com/cb'],
    ['javascript:', 'javascript:alert(1)'],
    ['javascript: that ends in it', 'javascript://app.example.com/cb%0aalert(1)'],
    ['data:', 'data:text/html,https://app.example.com/cb'],
    ['no scheme', '//app.example.com/cb'],
  ])('refuses %s: %j', (_what, asked) => {
    expect(matchRedirectUri(asked, [CB])).toBe(false);
  });

  it.each([
    ['javascript:alert(1)'],
    ['http://app.example.com/cb'],
    ['https://app.example.com/cb#x'],
    ['http://attacker@127.0.0.1/'],
    ['https://app.example.com/a/../cb'],
  ])('refuses %s though it is registered: what is asked for must be good itself', (uri) => {
    expect(matchRedirectUri(uri, [uri])).toBe(false);
  });

  it.each([
    ['com.example.app:/cb', 'com.example.app:/cb/'],
    ['com.example.app:/cb', 'com.example.app://cb'],
    ['com.example.app:/cb', 'COM.example.app:/cb'],
    ['com.example.app:/cb', 'com.example.app2:/cb'],
    ['com.example.app://callback', 'com.example.app://callback:1234'],
    ['https://bücher.example/cb', 'https://xn--bcher-kva.example/cb'],
    ['https://xn--bcher-kva.example/cb', 'https://bücher.example/cb'],
  ])('with %s registered refuses %s', (registered, asked) => {
    expect(matchRedirectUri(asked, [registered])).toBe(false);
  });
});

describe('matchRedirectUri of a loopback address (RFC 8252 §7.3)', () => {
  it.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:49152/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:65535/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:1/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:49152/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1/cb'],
    ['http://[::1]/cb', 'http://[::1]:49152/cb'],
    ['http://localhost:5173/cb', 'http://localhost:5174/cb'],
    ['http://localhost/cb?x=:80', 'http://localhost:1/cb?x=:80'],
    ['http://localhost', 'http://localhost:3000'],
  ])('with %s registered takes %s', (registered, asked) => {
    expect(matchRedirectUri(asked, [registered])).toBe(true);
  });

  it.each([
    ['http://127.0.0.1/cb', 'http://localhost/cb'],
    ['http://localhost/cb', 'http://127.0.0.1/cb'],
    ['http://127.0.0.1/cb', 'http://[::1]/cb'],
    ['http://127.0.0.1/cb', 'https://127.0.0.1/cb'],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:8443/cb'],
    ['https://localhost/cb', 'https://localhost:8443/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:0/cb'],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1:0/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:08080/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:00/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:80/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:-1/cb'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/CB'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/cb/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/cb?x=1'],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:8080/'],
    ['http://127.0.0.1/', 'http://attacker@127.0.0.1/'],
    ['http://127.0.0.1/', 'http://attacker@127.0.0.1:8080/'],
    ['http://127.0.0.1/', 'http://127.0.0.1:8080@evil.example/'],
    ['http://127.0.0.1/', 'http://127.0.0.1.evil.example/'],
    ['http://127.0.0.1/cb', 'http://127.0.0.2:8080/cb'],
    ['http://127.0.0.1/cb', 'http://127.1:8080/cb'],
    ['http://127.0.0.1/cb', 'http://2130706433:8080/cb'],
    ['http://127.0.0.1/cb', 'http://0.0.0.0:8080/cb'],
    ['http://localhost/cb', 'http://localhost.:8080/cb'],
    ['http://localhost/cb', 'http://x.localhost:8080/cb'],
    ['http://localhost/cb', 'http://LOCALHOST:8080/cb'],
    ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]:8080/cb'],
    ['http://[::1]/cb', 'http://[::ffff:7f00:1]:8080/cb'],
  ])('with %s registered refuses %s', (registered, asked) => {
    expect(matchRedirectUri(asked, [registered])).toBe(false);
  });

  it('lets nothing through that differs from every registered one but in a loopback port', () => {
    const scheme = fc.constantFrom('http', 'https', 'com.example.app', 'javascript');
    const host = fc.constantFrom('127.0.0.1', '[::1]', 'localhost', 'a.example', 'evil@127.0.0.1');
    const port = fc.constantFrom('', ':0', ':1', ':80', ':443', ':8080', ':08080', ':65536');
    const rest = fc.constantFrom('', '/', '/cb', '/cb/', '/CB', '/a/../cb', '/cb?x', '/cb#', '?x');
    const uri = fc.record({ scheme, host, port, rest });
    const text = (one: Parts) => `${one.scheme}://${one.host}${one.port}${one.rest}`;
    const isLoopback = (one: Parts) =>
      one.scheme === 'http' && ['127.0.0.1', '[::1]', 'localhost'].includes(one.host);
    const same = (one: Parts) => text({ ...one, port: isLoopback(one) ? '' : one.port });
    fc.assert(
      fc.property(uri, fc.array(uri, { maxLength: 4 }), (asked, registered) => {
        if (!matchRedirectUri(text(asked), registered.map(text))) return;
        expect(registered.map(same)).toContain(same(asked));
        expect(redirectUriFault(text(asked))).toBeUndefined();
      }),
      { numRuns: 5000 },
    );
  });

  it('lets no text through that is not registered and names no loopback host', () => {
    const registered = ['https://app.example.com/cb', 'http://127.0.0.1/cb', 'com.example.app:/cb'];
    const mutated = fc
      .tuple(fc.constantFrom(...registered), fc.nat(40), fc.nat(3), fc.string({ unit: 'binary' }))
      .map(([uri, at, gone, more]) => uri.slice(0, at) + more + uri.slice(at + gone));
    fc.assert(
      fc.property(mutated, (asked) => {
        const expected =
          registered.includes(asked) || /^http:\/\/127\.0\.0\.1(:\d{1,5})?\/cb$/.test(asked);
        if (!expected) expect(matchRedirectUri(asked, registered)).toBe(false);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('isLoopbackUri, redirectSource, provesClient', () => {
  it.each([
    ['https://app.example.com/cb?x', false, 'https://app.example.com', true],
    ['https://app.example.com:8443/cb', false, 'https://app.example.com:8443', true],
    ['https://app.example.com', false, 'https://app.example.com', true],
    ['https://xn--bcher-kva.example/cb', false, 'https://xn--bcher-kva.example', true],
    ['https://192.0.2.7/cb', false, 'https://192.0.2.7', true],
    ['https://[2001:db8::1]:8443/cb', false, 'https://[2001:db8::1]:8443', true],
    ['https://localhost.example.com/cb', false, 'https://localhost.example.com', true],
    ['https://notlocalhost/cb', false, 'https://notlocalhost', true],
    ['http://127.0.0.1/cb', true, 'http://127.0.0.1', false],
    ['http://127.0.0.1:49152/cb', true, 'http://127.0.0.1:49152', false],
    ['http://localhost:5173', true, 'http://localhost:5173', false],
    ['http://[::1]:8080/cb', true, 'http://[::1]:8080', false],
    ['https://localhost/cb', false, 'https://localhost', false],
    ['https://app.localhost:8443/cb', false, 'https://app.localhost:8443', false],
    ['https://localhost./cb', false, 'https://localhost.', false],
    ['https://127.0.0.1/cb', false, 'https://127.0.0.1', false],
    ['https://127.9.9.9/cb', false, 'https://127.9.9.9', false],
    ['https://0.0.0.0/cb', false, 'https://0.0.0.0', false],
    ['https://[::1]/cb', false, 'https://[::1]', false],
    ['https://[::]/cb', false, 'https://[::]', false],
    ['https://[::ffff:7f00:1]/cb', false, 'https://[::ffff:7f00:1]', false],
    ['com.example.app:/cb', false, 'com.example.app:', false],
    ['com.example.app://callback/x', false, 'com.example.app:', false],
  ])('%s: loopback %s, source %s, proves its client %s', (uri, loopback, source, proves) => {
    expect(redirectUriFault(uri)).toBeUndefined();
    expect(isLoopbackUri(uri)).toBe(loopback);
    expect(redirectSource(uri)).toBe(source);
    expect(provesClient(uri)).toBe(proves);
  });

  it('name no source that could end the directive or the header it stands in', () => {
    const texts = fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, (uri) => {
        if (redirectUriFault(uri) !== undefined) return;
        expect(redirectSource(uri)).toMatch(/^[^\s;,'"]+$/);
      }),
    );
  });
});
