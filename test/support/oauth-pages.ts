import { signedInPage, signedOutPage, signOutPage } from '../../src/oauth/pages/account-pages.js';
import {
  type AuthorizationFailure,
  authorizationFailurePage,
} from '../../src/oauth/pages/authorization-failure-page.js';
import { consentPage } from '../../src/oauth/pages/consent-page.js';
import { type SignInFault, signInPage } from '../../src/oauth/pages/sign-in-page.js';
import { scopeText, textsOf } from '../../src/oauth/pages/texts/texts-of.js';
import type { Language } from '../../src/platform/pages/languages.js';
import type { Page } from '../../src/platform/pages/page.js';

const FORM = { action: 'form', csrf: 'token', continue: 'sealed' };
const CLIENT = { name: 'Acme Notes', redirectHost: 'notes.example.com' };
/** As long as a name may be, without a place to break it. */
const LONG = 'w'.repeat(64);
const SCOPES = ['openid', 'profile', 'email', 'tasks:write'];

/** Each page of the flow in each of its states, by name. */
export const OAUTH_PAGES = {
  'sign-in': (language) => signIn(language),
  'sign-in-plain': (language) =>
    signInPage({ texts: textsOf(language), ...FORM, client: null, username: '' }),
  'sign-in-wrong': (language) => signIn(language, { kind: 'wrong' }),
  'sign-in-too-many': (language) => signIn(language, { kind: 'too_many', minutes: 15 }),
  'sign-in-busy': (language) => signIn(language, { kind: 'busy' }),
  'sign-in-no-name': (language) => signIn(language, { kind: 'missing', field: 'username' }, ''),
  consent: (language) => consent(language),
  'consent-more': (language) => consent(language, ['tasks:write']),
  'consent-nothing': (language) =>
    consentPage({
      texts: textsOf(language),
      ...FORM,
      client: CLIENT,
      username: 'alice',
      scopes: [],
    }),
  'consent-long': (language) =>
    consentPage({
      texts: textsOf(language),
      ...FORM,
      client: { name: LONG, redirectHost: `${LONG}.example.com` },
      username: LONG,
      scopes: [{ name: LONG, text: LONG, isNew: true }],
    }),
  'sign-out': (language) =>
    signOutPage({ texts: textsOf(language), ...FORM, username: 'alice', client: CLIENT }),
  'signed-out': (language) => signedOutPage({ texts: textsOf(language) }),
  'signed-in': (language) =>
    signedInPage({ texts: textsOf(language), action: 'form', csrf: 'token', username: 'alice' }),
  'unknown-client': (language) => failure(language, 'unknown_client'),
  'redirect-uri': (language) => failure(language, 'redirect_uri'),
  expired: (language) => failure(language, 'expired'),
  'foreign-form': (language) => failure(language, 'foreign_form'),
} as const satisfies Record<string, (language: Language) => Page>;

export type OAuthPage = keyof typeof OAUTH_PAGES;

function signIn(language: Language, fault?: SignInFault, username = 'alice'): Page {
  const about = { texts: textsOf(language), ...FORM, client: CLIENT, username };
  return signInPage(fault ? { ...about, fault } : { ...about, username: '' });
}

/** @param fresh which of the scopes are new; all unless named */
function consent(language: Language, fresh: readonly string[] = SCOPES): Page {
  const texts = textsOf(language);
  const scopes = SCOPES.map((name) => ({
    name,
    text: scopeText(texts, name),
    isNew: fresh.includes(name),
  }));
  return consentPage({ texts, ...FORM, client: CLIENT, username: 'alice', scopes });
}

function failure(language: Language, reason: AuthorizationFailure): Page {
  return authorizationFailurePage({ texts: textsOf(language), reason });
}
