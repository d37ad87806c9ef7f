const PORT = '(?::\\d{1,5})?';
const HOST = '(?:[a-z\\d_-]+(?:\\.[a-z\\d_-]+)*\\.?|\\[[\\da-f:.]+\\])';
const LOOPBACK = '(?:127\\.0\\.0\\.1|localhost|\\[::1\\])';
/** What a redirect URI may begin with: https, http on this device, or a private scheme, which has a dot. */
const SOURCE = new RegExp(
  `^(?:https://${HOST}${PORT}|http://${LOOPBACK}${PORT}|[a-z][a-z\\d+-]*(?:\\.[a-z\\d+-]+)+:)$`,
);
const OWN = "form-action 'self'";

/**
 * The policy of a page whose form may lead to these as well: browsers check each redirect that the
 * answer to a form is. CSP Level 3 §6.4.1.
 *
 * @throws {Error} when a source could be anything but one place, or the policy is not that of a page
 */
export function withFormTargets(policy: unknown, sources: readonly string[]): string {
  if (typeof policy !== 'string' || !policy.includes(OWN)) {
    throw new Error('only a page has a form-action');
  }
  if (!sources.every((source) => SOURCE.test(source))) {
    throw new Error(
      'a form may lead to an origin or to a scheme with a dot in it, and nothing else',
    );
  }
  return policy.replace(OWN, () => [OWN, ...sources.map(asPolicySource)].join(' '));
}

/** A policy has no spelling for an IPv6 address, CSP Level 3 §2.3.1: Chromium ignores the source. Any host then, at that port. */
function asPolicySource(source: string): string {
  return source.replace(/\[.*\]/, '*');
}
