/** What every page is put into, for eta, which escapes what `<%= %>` puts in. No script, no other file. */
export const LAYOUT = `<!doctype html>
<html lang="<%= it.language %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title><%= it.title %> - <%= it.brand.name %></title>
<link rel="icon" href="<%= it.brand.icon %>">
<style><%~ it.style %></style>
</head>
<body>
<header>
<% if (it.brand.logo) { %>
<img src="<%= it.brand.logo.source %>" alt="<%= it.brand.logo.isWide ? it.brand.name : '' %>">
<% } else { %>
<svg viewBox="0 0 32 32" aria-hidden="true"><%~ it.brand.mark %></svg>
<% } %>
<% if (!it.brand.logo?.isWide) { %>
<bdi><%= it.brand.name %></bdi>
<% } %>
</header>
<main>
<%~ it.content %>
</main>
</body>
</html>
`;
