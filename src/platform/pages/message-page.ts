import type { Language } from './languages.js';
import type { Page } from './page.js';

const TEMPLATE = `<h1><%= it.title %></h1>
<% for (const paragraph of it.paragraphs) { %>
<p><%= paragraph %></p>
<% } %>
<% if (it.requestId) { %>
<p class="soft">Request: <%= it.requestId %></p>
<% } %>`;

interface Message {
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly language?: Language;
  /** by which whoever runs the service finds it in the log */
  readonly requestId?: string;
}

/** A page that only says something. */
export function messagePage({ language, ...message }: Message): Page {
  const page = { title: message.title, template: TEMPLATE, data: message };
  return language ? { ...page, language } : page;
}
