/**
 * What is read first, on both pages.
 *
 * @param base PUBLIC_URL, so that the commands can be copied
 */
export function introduction(base: string): string {
  return `Sign-in and tokens for an API. A route with a lock wants a token; \`POST /token\` gives one for a
username and a password.

## Sign in

On [Try it](docs) press **Authorize**. In a terminal send a form, then call with the \`access_token\` of
the answer as \`$TOKEN\`:

\`\`\`sh
curl ${base}/token -d username=johndoe -d password=secret
curl ${base}/users/me -H "Authorization: Bearer $TOKEN"
\`\`\`

\`npm run demo\` has this \`johndoe\`. A token lives for \`expires_in\` seconds; the
\`refresh_token\` that comes with it gets the next one.

## Errors

Every error is JSON with a \`detail\` to read, a \`status\` and a \`title\` (RFC 9457), at \`/token\` also
with \`error\` and \`error_description\` (RFC 6749). Each operation lists its own, with an example of each
cause. An unknown path is 404, another method 405 with \`Allow\`. The \`X-Request-Id\` of an answer finds
it in the log.`;
}
