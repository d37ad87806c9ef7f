import { messagePage } from '../../platform/pages/message-page.js';
import type { Page } from '../../platform/pages/page.js';
import type { Texts } from './texts/texts.js';

/** Why a person is not sent on. */
export type AuthorizationFailure = keyof Texts['failures'];

interface Failure {
  readonly texts: Texts;
  readonly reason: AuthorizationFailure;
}

/** Says it here and sends nobody anywhere: the address to return to is not to be trusted. RFC 6749 §4.1.2.1. */
export function authorizationFailurePage({ texts, reason }: Failure): Page {
  const { language, error, failures } = texts;
  const page = messagePage({ ...failures[reason], language });
  return { ...page, title: `${error}: ${page.title}` };
}
