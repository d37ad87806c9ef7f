import type { FirstAdminReport } from './users/first-admin.js';
import type { Settings } from './platform/settings/settings.js';

/** What a person who started the server wants to know next. */
export function banner(settings: Settings, address: string): string {
  const docs = settings.DOCS
    ? [`  Docs      ${address}/docs`, `  OpenAPI   ${address}/openapi.json`]
    : ['  Docs      off (DOCS=on shows them)'];
  return [
    '',
    `Hallpass is listening on ${address}`,
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
  if ('passwordFile' in report) lines.push(`  Its password is in ${report.passwordFile}`);
  return ['', ...lines].join('\n');
}
