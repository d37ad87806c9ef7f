import type { FirstAdminReport } from '../users/first-admin.js';
import type { Settings } from '../platform/settings/settings.js';

const EVERY_INTERFACE = new Set(['0.0.0.0', '::']);
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost']);

/**
 * What a person who started the server wants to know next.
 *
 * @param port the one listened on, which is another than PORT where that is 0
 */
export function banner(settings: Settings, port: number): string {
  const address = addressOf(settings.HOST, port);
  const docs = settings.DOCS
    ? [
        `  Docs      ${address}/docs`,
        `  Redoc     ${address}/redoc`,
        `  OpenAPI   ${address}/openapi.json`,
      ]
    : ['  Docs      off (DOCS=on shows them)'];
  return [
    '',
    `Hallpass is listening on ${address}${EVERY_INTERFACE.has(settings.HOST) ? ' and every other address of this machine' : ''}`,
    ...docs,
    `  Issuer    ${settings.PUBLIC_URL}`,
    '',
  ].join('\n');
}

export function firstAdminNotice(report: FirstAdminReport): string {
  const lines = [`The first administrator has been created: ${report.username}`];
  if ('password' in report) {
    lines.push(`  Password  ${report.password}`, '  It is shown this once.');
  }
  if ('passwordFile' in report) {
    lines.push(`  Its password is in ${report.passwordFile}: sign in, then delete the file.`);
  }
  if ('password' in report || 'passwordFile' in report) {
    lines.push(`  Set another with: npm run hallpass -- user password ${report.username}`);
  }
  return ['', ...lines].join('\n');
}

/** As a person would type it. */
function addressOf(host: string, port: number): string {
  if (EVERY_INTERFACE.has(host) || LOOPBACK.has(host)) return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
