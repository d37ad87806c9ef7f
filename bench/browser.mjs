// A browser as far as signing in needs one: cookies, redirects, and forms that work without script.

/** Sign-in and consent are two pages, and a redirect before and after each. */
const MOST_STEPS = 10;
const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** @param origin of the server, whatever name it gives itself in its own links */
export function openBrowser(origin) {
  return { origin, cookies: new Map() };
}

/**
 * Follows a link, fills in every form on the way and approves of all, until it would leave for `target`.
 *
 * @param person `{ username, password }`
 * @returns the address that it was sent to, which holds the code
 */
export async function goThrough(browser, path, { person, target }) {
  let next = { path };
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const { status, location, page } = await send(browser, next);
    if (location?.startsWith(`${target}?`)) return new URL(location);
    if (location === undefined && status !== 200) {
      throw new Error(`${withoutQuery(next.path)} answered with ${status}`);
    }
    const here = new URL(next.path, browser.origin);
    next = location === undefined ? filledIn(page, person, here) : { path: inside(location, here) };
  }
  throw new Error(`${withoutQuery(path)} led to ${withoutQuery(next.path)} again and again`);
}

/** What the browser sends as `Cookie` to a path. */
export function cookiesFor({ cookies }, path) {
  return [...cookies]
    .filter(([, cookie]) => path.startsWith(cookie.path))
    .map(([name, { value }]) => `${name}=${value}`)
    .join('; ');
}

async function send(browser, { path, form }) {
  const response = await fetch(new URL(path, browser.origin), {
    method: form ? 'POST' : 'GET',
    headers: { cookie: cookiesFor(browser, path) },
    body: form,
    redirect: 'manual',
  });
  response.headers.getSetCookie().forEach((line) => keep(browser, line));
  const page = await response.text();
  return {
    status: response.status,
    location: response.headers.get('location') ?? undefined,
    page,
  };
}

function keep({ cookies }, line) {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim());
  const [, name, value] = /^([^=]+)=(.*)$/.exec(pair);
  const [path = '/'] = attributes.filter((one) => /^path=/i.test(one)).map((one) => one.slice(5));
  if (value === '') return cookies.delete(name);
  return cookies.set(name, { value, path });
}

/** Of a page with several forms the first that is posted. */
function filledIn(page, person, here) {
  const [, attributes, content] =
    /<form\b([^>]*method="post"[^>]*)>(.*?)<\/form>/is.exec(page) ?? [];
  if (content === undefined) throw new Error(`${here.pathname} is a page without a form`);
  const form = new URLSearchParams();
  for (const [tag] of content.matchAll(/<input\b[^>]*>/gi)) {
    const name = attribute(tag, 'name');
    if (name in person) form.set(name, person[name]);
    else if (attribute(tag, 'type') === 'hidden') form.append(name, attribute(tag, 'value') ?? '');
  }
  const buttons = [...content.matchAll(/<button\b[^>]*>/gi)].map(([tag]) => tag);
  const approve = buttons.find((tag) => attribute(tag, 'value') === 'approve');
  if (approve) form.set(attribute(approve, 'name'), 'approve');
  return { path: inside(attribute(attributes, 'action') ?? here.href, here), form };
}

/** A link of the server to itself, which may name it as the public does. */
function inside(link, here) {
  const { pathname, search } = new URL(link, here);
  return `${pathname}${search}`;
}

/** What stands after it is sealed, or a secret. */
function withoutQuery(path) {
  return path.split('?')[0];
}

function attribute(tag, name) {
  const [, text] = new RegExp(`\\s${name}="([^"]*)"`, 'i').exec(tag) ?? [];
  return text?.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, named) => {
    if (named) return ENTITIES[named] ?? whole;
    return String.fromCodePoint(decimal ? Number(decimal) : parseInt(hex, 16));
  });
}
