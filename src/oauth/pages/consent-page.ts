import type { Page } from '../../platform/pages/page.js';
import { phrase, phraseTemplate, plainText } from './phrase.js';
import type { Texts } from './texts/texts.js';

/** The first button is the one that a program would press for a person; none has the focus, so that Enter does nothing. */
const TEMPLATE = `<h1>${phraseTemplate('title')}</h1>
<p>${phraseTemplate('account')}</p>
<% if (it.scopes.length > 0) { %>
<p class="before-list" id="asks">${phraseTemplate('asks')}</p>
<ul role="list" aria-labelledby="asks">
<% for (const scope of it.scopes) { %>
<li><span dir="auto"><%= scope.text %></span><% if (scope.isNew) { %> <span class="badge"><%= it.isNew %></span><% } %></li>
<% } %>
</ul>
<% } else { %>
<p>${phraseTemplate('asksNothing')}</p>
<% } %>
<p class="soft">${phraseTemplate('leadsTo')}</p>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<input type="hidden" name="continue" value="<%= it.continue %>">
<button name="decision" value="approve"><%= it.approve %></button>
<button class="second" name="decision" value="deny"><%= it.deny %></button>
<button class="third" name="decision" value="switch"><%= it.switch %></button>
</form>`;

interface AskedScope {
  readonly name: string;
  /** in the language of the page: scopeText() */
  readonly text: string;
  /** not given to this client before */
  readonly isNew: boolean;
}

interface ConsentQuestion {
  readonly texts: Texts;
  /** where the form is sent to */
  readonly action: string;
  readonly csrf: string;
  /** the request in progress, sealed */
  readonly continue: string;
  readonly client: {
    readonly name: string;
    /** as a person reads where the answer leads */
    readonly redirectHost: string;
  };
  readonly username: string;
  readonly scopes: readonly AskedScope[];
}

/** Who asks, for what, as whom one would answer, and where the answer leads. RFC 6819 §5.1.5.5, RFC 9700 §4.15. */
export function consentPage({ texts, client, username, scopes, ...form }: ConsentQuestion): Page {
  const { consent, language } = texts;
  const title = phrase(consent.title, { client: client.name });
  const someAreGiven = scopes.some(({ isNew }) => !isNew); // else all are new, which says nothing
  return {
    title: plainText(title),
    template: TEMPLATE,
    language,
    data: {
      ...consent,
      ...form,
      title,
      account: phrase(consent.account, { user: username }),
      asks: phrase(consent.asks, { client: client.name }),
      asksNothing: phrase(consent.asksNothing, { client: client.name }),
      leadsTo: phrase(consent.leadsTo, { host: client.redirectHost }),
      scopes: scopes.map(({ text, isNew }) => ({ text, isNew: isNew && someAreGiven })),
    },
  };
}
