import type { FastifyRequest } from 'fastify';
import { chooseLanguage } from '../../platform/pages/languages.js';
import { textsOf } from '../pages/texts/texts-of.js';
import type { Texts } from '../pages/texts/texts.js';

/**
 * What our pages say, in the language of whoever reads them.
 *
 * @param uiLocales what a client has asked for comes first. OIDC Core §3.1.2.1
 */
export function pageTexts({ headers }: FastifyRequest, uiLocales: readonly string[] = []): Texts {
  return textsOf(chooseLanguage(uiLocales, headers['accept-language']));
}
