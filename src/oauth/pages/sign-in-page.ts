import type { Page } from '../../platform/pages/page.js';
import { phrase, phraseTemplate, plainText } from './phrase.js';
import type { Texts } from './texts/texts.js';

type Field = 'username' | 'password';

/** Of a field: whether it is wrong, what is wrong, and whether one begins there, also to hear it. */
const attributesOf = (field: Field) =>
  `<% if (it.invalid.includes('${field}')) { %> aria-invalid="true"<% } %>` +
  `<% if (it.fault && (it.invalid.includes('${field}') || it.focus === '${field}')) { %> aria-describedby="fault"<% } %>` +
  `<% if (it.focus === '${field}') { %> autofocus<% } %>`;

const TEMPLATE = `<h1><%= it.title %></h1>
<% if (it.lead) { %>
<p class="lead">${phraseTemplate('lead')}</p>
<% } %>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<input type="hidden" name="continue" value="<%= it.continue %>">
<% if (it.fault) { %>
<p class="fault notice" id="fault" role="alert"><%= it.fault %></p>
<% } %>
<label for="username"><%= it.usernameLabel %></label>
<input id="username" type="text" name="username" value="<%= it.username %>" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" dir="auto" required${attributesOf('username')}>
<label for="password"><%= it.passwordLabel %></label>
<input id="password" type="password" name="password" autocomplete="current-password" required${attributesOf('password')}>
<button><%= it.button %></button>
</form>`;

/** Why the form comes back. */
export type SignInFault =
  | { readonly kind: 'wrong' }
  | { readonly kind: 'too_many'; readonly minutes: number }
  | { readonly kind: 'busy' }
  | { readonly kind: 'missing'; readonly field: Field };

interface SignIn {
  readonly texts: Texts;
  /** where the form is sent to */
  readonly action: string;
  readonly csrf: string;
  /** the request in progress, sealed; empty where there is none */
  readonly continue: string;
  /** that the person comes from; null for a plain sign-in */
  readonly client: { readonly name: string } | null;
  /** as it was typed, or as the client hints */
  readonly username: string;
  readonly fault?: SignInFault;
}

/** Who somebody is. What was typed as the name comes back after a fault, the password never does. */
export function signInPage({ texts, client, fault, ...fields }: SignIn): Page {
  const { title, lead, usernameLabel, passwordLabel, button } = texts.signIn;
  return {
    title: fault ? `${texts.error}: ${title}` : title,
    template: TEMPLATE,
    language: texts.language,
    data: {
      ...fields,
      title,
      lead: client && phrase(lead, { client: client.name }),
      fault: fault && faultText(fault, texts),
      usernameLabel,
      passwordLabel,
      button,
      invalid: invalidFields(fault),
      focus: focusOf(fields.username, fault),
    },
  };
}

function faultText(fault: SignInFault, { signIn: { faults } }: Texts): string {
  if (fault.kind === 'wrong') return faults.wrong;
  if (fault.kind === 'busy') return faults.busy;
  if (fault.kind === 'missing') {
    return fault.field === 'username' ? faults.usernameIsMissing : faults.passwordIsMissing;
  }
  const { minutes } = fault;
  if (minutes <= 1) return faults.tooManyOneMinute;
  return plainText(phrase(faults.tooMany, { minutes: String(minutes) }));
}

/** Name and password are wrong together, to tell nobody which. */
function invalidFields(fault: SignInFault | undefined): readonly Field[] {
  if (fault?.kind === 'wrong') return ['username', 'password'];
  return fault?.kind === 'missing' ? [fault.field] : [];
}

/** The first field that there is something to type into. */
function focusOf(username: string, fault: SignInFault | undefined): Field {
  if (fault?.kind === 'missing') return fault.field;
  return username === '' ? 'username' : 'password';
}
