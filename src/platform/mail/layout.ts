/**
 * The one layout of every HTML mail, for eta, which escapes what `<%= %>` puts in. Styles are inline,
 * as some programs read no others; those that know the dark read the sheet too.
 */
export const LAYOUT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title><%= it.subject %></title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #14161d !important; color: #e4e6ee !important; }
  .card { background: #1e212b !important; border-color: #343846 !important; }
  .soft { color: #a3a9b8 !important; }
  .link { color: #a9b4ff !important; }
  .button { background: #5866c9 !important; border-color: #5866c9 !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:24px 12px;background:#f3f4f8;color:#1f2430;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-size:16px;line-height:1.5;-webkit-text-size-adjust:100%">
<div style="max-width:560px;margin:0 auto">
<p style="margin:0 0 16px 4px;font-size:20px;font-weight:700"><span style="display:inline-block;margin-right:8px;padding:0 9px;border-radius:5px;background:#3a48a8;color:#ffffff">&#10003;</span>Hallpass</p>
<div class="card" style="padding:28px 28px 12px;background:#ffffff;border:1px solid #d9dce5;border-radius:8px">
<% for (const paragraph of it.paragraphs) { %>
<p style="margin:0 0 16px;overflow-wrap:anywhere"><%= paragraph %></p>
<% } %>
<% if (it.action) { %>
<p style="margin:24px 0 16px"><a class="button" href="<%= it.action.url %>" style="display:inline-block;padding:11px 22px;border:1px solid #3a48a8;border-radius:6px;background:#3a48a8;color:#ffffff;font-weight:600;text-decoration:none"><%= it.action.label %></a></p>
<p class="soft" style="margin:0 0 24px;color:#5b6172;font-size:14px">Or open this address in a browser:<br><a class="link" href="<%= it.action.url %>" style="color:#3a48a8;overflow-wrap:anywhere;word-break:break-all"><%= it.action.url %></a></p>
<% } %>
<% for (const paragraph of it.closing) { %>
<p style="margin:0 0 16px;overflow-wrap:anywhere"><%= paragraph %></p>
<% } %>
</div>
<p class="soft" style="margin:16px 4px 0;color:#5b6172;font-size:13px">Sent by Hallpass at <%= it.host %>.</p>
</div>
</body>
</html>
`;
