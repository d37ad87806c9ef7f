import type { Page } from '../../platform/pages/page.js';
import { TEXTS } from './texts.js';

/** The field for the name is for password managers, which else would not know whose password it is. */
const TEMPLATE = `<h1><%= it.title %></h1>
<dl>
<dt><%= it.account %></dt>
<dd><bdi><%= it.username %></bdi></dd>
</dl>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="token" value="<%= it.token %>">
<input class="unseen" type="text" name="username" value="<%= it.username %>" autocomplete="username" readonly tabindex="-1" aria-hidden="true">
<label for="new-password"><%= it.label %></label>
<p class="hint" id="rule"><%= it.rule %></p>
<% if (it.fault) { %>
<p class="fault" id="fault"><%= it.fault %></p>
<% } %>
<input id="new-password" type="password" name="new_password" autocomplete="new-password" required minlength="<%= it.shortest %>" aria-describedby="<%= it.fault ? 'fault rule' : 'rule' %>"<% if (it.fault) { %> aria-invalid="true" autofocus<% } %>>
<button><%= it.button %></button>
<p class="soft"><%= it.consequence %></p>
</form>`;

interface NewPassword {
  /** where the form is sent to */
  readonly action: string;
  readonly token: string;
  readonly username: string;
  /** whether it is the first password of the account */
  readonly isFirst: boolean;
  /** characters, PASSWORD_MIN_LENGTH */
  readonly shortest: number;
  /** what is wrong with the one that was sent */
  readonly fault?: string;
}

/** The form of a link that was mailed for a new password, or for the first one. */
export function newPasswordPage({ fault, isFirst, ...about }: NewPassword): Page {
  const words = { ...TEXTS.newPassword, ...(isFirst && TEXTS.firstPassword) };
  const { title, rule, fault: say, ...texts } = words;
  return {
    title: fault ? `Error: ${title}` : title, // heard first by who does not see the page
    template: TEMPLATE,
    data: {
      title,
      ...texts,
      ...about,
      rule: rule(about.shortest),
      ...(fault && { fault: say(fault) }),
    },
  };
}
