import type { Page } from '../../platform/pages/page.js';
import { TEXTS } from './texts.js';

const TEMPLATE = `<h1><%= it.title %></h1>
<dl>
<dt><%= it.address %></dt>
<dd><bdi><%= it.mailbox %><wbr><%= it.domain %></bdi></dd>
<dt><%= it.account %></dt>
<dd><bdi><%= it.username %></bdi></dd>
</dl>
<form method="post" action="<%= it.action %>">
<input type="hidden" name="token" value="<%= it.token %>">
<button><%= it.button %></button>
<p class="soft"><%= it.warning %></p>
</form>`;

interface Fields {
  /** where the form is sent to */
  readonly action: string;
  readonly token: string;
  readonly email: string;
  readonly username: string;
}

/** The one button of a link that was mailed to an address: what only opens links confirms nothing. */
export function confirmAddressPage({ email, ...fields }: Fields): Page {
  const { title } = TEXTS.confirmAddress;
  const at = email.lastIndexOf('@'); // before which a narrow page breaks the line
  const parts = { mailbox: email.slice(0, at), domain: email.slice(at) };
  return { title, template: TEMPLATE, data: { ...TEXTS.confirmAddress, ...fields, ...parts } };
}
