import type { Language } from '../../../platform/pages/languages.js';

/** A page that only says something. */
export interface Message {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

/** What a text says of a scope; the text continues no sentence. */
export type ScopeTexts = Readonly<Record<string, string>>;

/**
 * What the pages say, in one language. `{client}`, `{user}`, `{host}` and `{minutes}` stand for what is
 * put in, wherever the language wants it.
 */
export interface Texts {
  readonly language: Language;
  /** before the title of a page that says what is wrong; heard first by who does not see the page */
  readonly error: string;
  readonly signIn: {
    readonly title: string;
    /** {client} */
    readonly lead: string;
    readonly usernameLabel: string;
    readonly passwordLabel: string;
    readonly button: string;
    readonly faults: {
      /** the same words for a name that nobody has and for a wrong password */
      readonly wrong: string;
      readonly tooManyOneMinute: string;
      /** {minutes}, two or more */
      readonly tooMany: string;
      readonly busy: string;
      readonly usernameIsMissing: string;
      readonly passwordIsMissing: string;
    };
  };
  readonly consent: {
    /** {client} */
    readonly title: string;
    /** {user} */
    readonly account: string;
    /** {client}; before the list of scopes */
    readonly asks: string;
    /** {client}; in place of the list, where there is no scope */
    readonly asksNothing: string;
    /** beside a scope that was not given before, among others that were */
    readonly isNew: string;
    /** {host} */
    readonly leadsTo: string;
    readonly approve: string;
    readonly deny: string;
    readonly switch: string;
  };
  readonly signOut: {
    readonly title: string;
    /** {user} */
    readonly account: string;
    /** {client} */
    readonly askedBy: string;
    readonly button: string;
    readonly stay: string;
  };
  readonly signedIn: {
    readonly title: string;
    /** {user} */
    readonly account: string;
    readonly button: string;
  };
  readonly signedOut: Message;
  readonly failures: {
    readonly unknown_client: Message;
    readonly redirect_uri: Message;
    readonly unreadable: Message;
    readonly expired: Message;
    readonly foreign_form: Message;
    readonly sign_out: Message;
  };
  readonly scopes: ScopeTexts;
}
