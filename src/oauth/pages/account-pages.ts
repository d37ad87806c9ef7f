import { messagePage } from '../../platform/pages/message-page.js';
import type { Page } from '../../platform/pages/page.js';
import { phrase, phraseTemplate } from './phrase.js';
import type { Texts } from './texts/texts.js';

const TEMPLATE = `<h1><%= it.title %></h1>
<p>${phraseTemplate('account')}</p>
<% if (it.askedBy) { %>
<p>${phraseTemplate('askedBy')}</p>
<% } %>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<% if (it.continue !== undefined) { %>
<input type="hidden" name="continue" value="<%= it.continue %>">
<% } %>
<button<% if (it.isSecond) { %> class="second"<% } %>><%= it.button %></button>
<% if (it.stay) { %>
<p class="soft"><%= it.stay %></p>
<% } %>
</form>`;

interface SignedIn {
  readonly texts: Texts;
  /** where the form that signs out is sent to */
  readonly action: string;
  readonly csrf: string;
  readonly username: string;
}

interface SignOut extends SignedIn {
  /** the request in progress, sealed; without one the field is left out */
  readonly continue?: string;
  /** that asks for it; null for nobody */
  readonly client: { readonly name: string } | null;
}

/** Asks first: a link alone, which anybody can make, signs nobody out. OpenID Connect RP-Initiated Logout §2. */
export function signOutPage({ texts, username, client, ...form }: SignOut): Page {
  const { title, account, askedBy, button, stay } = texts.signOut;
  const who = phrase(account, { user: username });
  const by = client && phrase(askedBy, { client: client.name });
  const data = { ...form, title, button, stay, account: who, askedBy: by };
  return { title, template: TEMPLATE, language: texts.language, data };
}

/** After a sign-in that no client asked for. */
export function signedInPage({ texts, username, ...form }: SignedIn): Page {
  const { title, account, button } = texts.signedIn;
  const data = {
    ...form,
    title,
    button,
    account: phrase(account, { user: username }),
    isSecond: true,
  };
  return { title, template: TEMPLATE, language: texts.language, data };
}

export function signedOutPage({ texts }: { readonly texts: Texts }): Page {
  return messagePage({ ...texts.signedOut, language: texts.language });
}
