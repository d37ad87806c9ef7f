import type { Mail } from '../../src/platform/mail/mail.js';
import type { TestApp } from './app.js';

/** Every mail to an address so far, once none is on its way any more. */
export async function mailsTo({ mails }: TestApp, address: string): Promise<Mail[]> {
  return (await mails()).filter(({ to }) => to === address);
}

/** The token of the link in the newest mail to an address. */
export async function mailedToken(service: TestApp, address: string): Promise<string> {
  const mail = (await mailsTo(service, address)).at(-1);
  const token = /\?token=([\w-]+)/.exec(mail?.text ?? '')?.[1];
  if (!token) throw new Error(`no link was mailed to ${address}: ${mail?.text}`);
  return token;
}
