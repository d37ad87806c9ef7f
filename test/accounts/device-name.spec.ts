import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviceName } from '../../src/accounts/device-name.js';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const APPLE = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)';

describe('the name of a device', () => {
  it.each([
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0'],
    ['Firefox on Android', 'Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0'],
    ['Chrome on Windows', `${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36`],
    [
      'Chrome on Android',
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36`,
    ],
    ['Chrome on iOS', `${IPHONE} ${APPLE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`],
    [
      'Safari on macOS',
      `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${APPLE} Version/18.1 Safari/605.1.15`,
    ],
    ['Safari on iOS', `${IPHONE} ${APPLE} Version/18.1 Mobile/15E148 Safari/604.1`],
    [
      'Safari on iOS',
      `Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) ${APPLE} Version/16.6 Mobile/15E148 Safari/604.1`,
    ],
    [
      'Microsoft Edge on Windows',
      `${WINDOWS} ${WEBKIT} Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.63`,
    ],
    ['Opera on Windows', `${WINDOWS} ${WEBKIT} Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0`],
    ['MyApp on iOS', 'MyApp/1.0 (iPhone; iOS 18.1)'],
    ['Googlebot', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
  ])('is %s for %s', (name, userAgent) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it.each([
    ['curl', 'curl/8.5.0'],
    ['python-requests', 'python-requests/2.32.3'],
    ['node', 'node'],
    ['okhttp', 'okhttp/4.12.0'],
    ['Dart', 'Dart/3.5 (dart:io)'],
    ['PostmanRuntime', 'PostmanRuntime/7.42.0'],
    ['MyApp', 'MyApp/1.0 CFNetwork/1568.200.51 Darwin/24.1.0'],
  ])('is the program’s own, %s, for %s (RFC 9110 §10.1.5)', (name, userAgent) => {
    expect(deviceName(userAgent)).toBe(name);
  });

  it.each([[null], [''], [' '], ['Mozilla/5.0'], ['/'], ['<b>/1'], ['x'.repeat(512)]])(
    'is unknown for %j',
    (userAgent) => {
      expect(deviceName(userAgent)).toBeNull();
    },
  );

  it('is null or a text for whatever is sent, soon', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 512 }), (userAgent) => {
        const name = deviceName(userAgent);
        expect(name === null || name.length > 0).toBe(true);
      }),
    );
  });
});
