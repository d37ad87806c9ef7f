import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { OUTBOX } from '../../platform/mail/outbox.js';
import { Smtp } from '../../platform/mail/smtp.js';
import { MailNotSent } from '../../platform/mail/transport.js';
import { fault, type Finding, ok, skipped, warning } from './finding.js';
import type { Patient } from './patient.js';

/** Whether mails get away. None is sent. */
export async function checkMail(
  { settings: { SMTP_URL, PUBLIC_URL, NODE_ENV } }: Patient,
  faults: readonly string[],
): Promise<readonly Finding[]> {
  if (faults.some((text) => /^(SMTP_URL|MAIL_FROM) /.test(text))) {
    return [skipped('not looked at, as its settings are at fault')];
  }
  if (!SMTP_URL) return [await checkOutbox(NODE_ENV)];
  const smtp = new Smtp(SMTP_URL, PUBLIC_URL ? new URL(PUBLIC_URL).hostname : 'localhost');
  const { host, port, auth } = SMTP_URL;
  try {
    await smtp.verify();
    return [ok(`${host}:${port} takes mails${auth ? ' of the user of SMTP_URL' : ''}`)];
  } catch (error) {
    if (!(error instanceof MailNotSent)) throw error;
    return [fault(error.reason, 'mend SMTP_URL, or the mail server that it names')];
  } finally {
    smtp.onApplicationShutdown();
  }
}

async function checkOutbox(environment: string | undefined): Promise<Finding> {
  let folder = resolve(OUTBOX);
  while (!existsSync(folder)) folder = dirname(folder);
  const canWrite = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
  const says = `SMTP_URL is not set: mails are written to ${OUTBOX}`;
  if (!canWrite) return fault(`${says}, where this user may not write`, 'set SMTP_URL');
  if (environment !== 'production') return ok(says);
  return warning(`${says}, and sent to nobody`, 'set SMTP_URL and MAIL_FROM');
}
