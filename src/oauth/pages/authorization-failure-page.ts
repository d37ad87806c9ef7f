import { messagePage } from '../../platform/pages/message-page.js';
import type { Page } from '../../platform/pages/page.js';
import type { Texts } from './texts/texts.js';

/** Why a person is not sent on. */
export type AuthorizationFailure = keyof Texts['failures'];

interface Failure {
  readonly texts: Texts;
  readonly reason: AuthorizationFailure;
  /** for whoever runs the app, in English */
  readonly detail?: string;
}

/** Says it here and sends nobody anywhere: the address to return to is not to be trusted. RFC 6749 §4.1.2.1. */
export function authorizationFailurePage({ texts, reason, detail }: Failure): Page {
  const { language, error, failures } = texts;
  const { title, paragraphs } = failures[reason];
  const said = detail === undefined ? paragraphs : [...paragraphs, detail];
  const page = messagePage({ title, paragraphs: said, language });
  return { ...page, title: `${error}: ${page.title}` };
}
