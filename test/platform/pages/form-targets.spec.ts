import { describe, expect, it } from 'vitest';
import { withFormTargets } from '../../../src/platform/pages/form-targets.js';

const POLICY = "default-src 'none';form-action 'self';base-uri 'none'";

describe('where the form of a page may lead', () => {
  it.each([
    'https://app.example.com',
    'https://app.example.com:8443',
    'https://xn--bcher-kva.example',
    'https://10.0.0.1',
    'http://127.0.0.1:54321',
    'http://localhost',
    'com.example.app:',
  ])('is here, and %s', (source) => {
    expect(withFormTargets(POLICY, [source])).toBe(
      `default-src 'none';form-action 'self' ${source};base-uri 'none'`,
    );
  });

  it('is any host at the port where it is an IPv6 address, which no policy can name', () => {
    const sources = ['http://[::1]:8080', 'https://[2001:db8::1]'];
    expect(withFormTargets(POLICY, sources)).toContain("'self' http://*:8080 https://*;");
  });

  it('is several places, or here alone', () => {
    const both = ['https://a.example', 'https://b.example'];
    expect(withFormTargets(POLICY, both)).toContain("'self' https://a.example https://b.example;");
    expect(withFormTargets(POLICY, [])).toBe(POLICY);
  });

  it.each([
    '*',
    'https:',
    'http:',
    'data:',
    'javascript:',
    "'unsafe-inline'",
    'https://*',
    'https://*.example.com',
    'https://a.example https://b.example',
    "https://a.example; script-src 'self'",
    "https://a.example,default-src 'self'",
    'https://a.example\r\nset-cookie: a=b',
    'https://a.example\n',
    'https://a.example/path',
    'https://user@a.example',
    'https://a.example:*',
    'https://bücher.example',
    'https://',
    'HTTPS://a.example',
    'http://a.example',
    'http://127.0.0.2',
    'ws://localhost',
    'myapp:',
    'com.example.app:/callback',
    '',
  ])('is nowhere that is not one place: %j', (source) => {
    expect(() => withFormTargets(POLICY, [source])).toThrow('a form may lead to');
    expect(() => withFormTargets(POLICY, ['https://a.example', source])).toThrow('nothing else');
  });

  it('is said by pages alone', () => {
    for (const policy of [undefined, "default-src 'none'; frame-ancestors 'none'", ['a']]) {
      expect(() => withFormTargets(policy, [])).toThrow('only a page has a form-action');
    }
  });
});
