import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { presentedClient } from '../../src/protocol/client-credentials.js';
import { InvalidClient, InvalidRequest, OAuthError } from '../../src/protocol/errors.js';

const NOTHING = { client_id: undefined, client_secret: undefined };
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('presentedClient', () => {
  it('reads the Basic example of RFC 6749 §2.3.1', () => {
    const header = 'Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3';
    expect(presentedClient([header], NOTHING)).toEqual({
      id: 's6BhdRkqt3',
      secret: '7Fjfp0ZBr1KtDRbnfVdmIw',
    });
  });

  it('reads the body example of RFC 6749 §2.3.1', () => {
    const body = { client_id: 's6BhdRkqt3', client_secret: '7Fjfp0ZBr1KtDRbnfVdmIw' };
    expect(presentedClient([], body)).toEqual({ id: body.client_id, secret: body.client_secret });
  });

  it.each<[string, string, string | undefined]>([
    ['a:b', 'a', 'b'],
    ['a:', 'a', undefined],
    ['a:b:c', 'a', 'b:c'],
    ['a%3Ab:c%25%2B+d', 'a:b', 'c%+ d'],
    ['caf%C3%A9:gr%C3%BC%C3%9F', 'café', 'grüß'],
    ['café:grüß', 'café', 'grüß'],
    [':x', '', 'x'],
  ])('form-decodes both halves of Basic %s (RFC 6749 §2.3.1)', (credentials, id, secret) => {
    expect(presentedClient([basic(credentials)], NOTHING)).toEqual({ id, secret });
  });

  it.each(['Basic Og==', 'basic Og==', 'BASIC   Og==', 'Bearer x', 'Basicx', 'Digest a'])(
    'finds no client in %s',
    (header) => {
      expect(presentedClient([header], NOTHING)).toBeNull();
    },
  );

  it('lets Basic be accompanied by the same client_id alone', () => {
    const body = { client_id: 'a', client_secret: undefined };
    expect(presentedClient([basic('a:b')], body)).toEqual({ id: 'a', secret: 'b' });
  });

  it.each([
    [['a', 'b'], NOTHING],
    [[basic('a:b')], { client_id: 'c', client_secret: undefined }],
    [[basic('a:b')], { client_id: 'a', client_secret: 'b' }],
    [[basic('a:b')], { client_id: undefined, client_secret: 'b' }],
    [[], { client_id: undefined, client_secret: 'b' }],
  ])('refuses two ways at once, and half of one: %j %j', (headers, body) => {
    expect(() => presentedClient(headers, body)).toThrow(InvalidRequest);
  });

  it.each(['Basic', 'Basic ', 'Basic x', 'Basic !!!!', basic('ab'), basic('%zz:'), 'Basic /zo='])(
    'refuses %s, saying no more than that it failed',
    (header) => {
      expect(() => presentedClient([header], NOTHING)).toThrow(InvalidClient);
      try {
        presentedClient([header], NOTHING);
      } catch (error) {
        expect((error as OAuthError).description).toBe('Client authentication failed');
      }
    },
  );

  it('reads back whatever a client encodes as the RFC says', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((value) => value.isWellFormed());
    fc.assert(
      fc.property(text, text, (id, secret) => {
        const header = basic(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
        expect(presentedClient([header], NOTHING)).toEqual({ id, secret });
      }),
    );
  });

  it('throws nothing but OAuthError, whatever the headers', () => {
    const header = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `Basic ${text}`),
      fc.uint8Array().map((raw) => `Basic ${Buffer.from(raw).toString('base64')}`),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 2 }), (headers) => {
        try {
          presentedClient(headers, NOTHING);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
