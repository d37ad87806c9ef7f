import type { Mail } from './mail.js';

/** Where mails go. */
export abstract class MailTransport {
  /**
   * One try.
   *
   * @throws {MailNotSent}
   */
  abstract send(mail: Mail): Promise<void>;
}

/** The reason may be logged: it holds nothing of the mail, no address, and no word of the mail server's. */
export class MailNotSent extends Error {
  override readonly name = 'MailNotSent';

  /** @param isTemporary whether the same mail may be taken a little later */
  constructor(
    readonly reason: string,
    readonly isTemporary: boolean,
  ) {
    super(reason);
  }
}
