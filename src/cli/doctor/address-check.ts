import { fault, type Finding, ok, skipped, warning } from './finding.js';
import type { Patient } from './patient.js';

/** Where clients reach the server, as far as the settings tell. */
export async function checkAddress({ settings }: Patient): Promise<readonly Finding[]> {
  const { PUBLIC_URL, NODE_ENV, TRUST_PROXY } = settings;
  if (PUBLIC_URL === undefined || NODE_ENV === undefined) {
    return [skipped('not looked at, as PUBLIC_URL or NODE_ENV is at fault')];
  }
  const url = new URL(PUBLIC_URL);
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:') {
    return [
      isLocal
        ? ok(`PUBLIC_URL is ${PUBLIC_URL}, for this machine alone`)
        : fault(
            `PUBLIC_URL is ${PUBLIC_URL}: passwords and tokens travel in the clear`,
            'put a proxy that ends TLS in front, and set PUBLIC_URL to its https:// address',
          ),
    ];
  }
  return [
    ok(`PUBLIC_URL is ${PUBLIC_URL}`),
    ...(NODE_ENV === 'production'
      ? []
      : [
          warning(
            `NODE_ENV is ${NODE_ENV}, while PUBLIC_URL is for the world`,
            'set NODE_ENV=production, which refuses whatever is unsafe in public',
          ),
        ]),
    ...(TRUST_PROXY === undefined
      ? [
          warning(
            'TRUST_PROXY is not set: behind a proxy, limits and the audit log take all clients for the one address of the proxy',
            'set TRUST_PROXY to the number of proxies in front, or to their addresses',
          ),
        ]
      : []),
  ];
}
