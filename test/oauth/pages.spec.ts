import { describe, expect, it } from 'vitest';
import { signedInPage, signedOutPage, signOutPage } from '../../src/oauth/pages/account-pages.js';
import { authorizationFailurePage } from '../../src/oauth/pages/authorization-failure-page.js';
import { consentPage } from '../../src/oauth/pages/consent-page.js';
import { type SignInFault, signInPage } from '../../src/oauth/pages/sign-in-page.js';
import { scopeText, textsOf } from '../../src/oauth/pages/texts/texts-of.js';
import { ALL_SCOPES, SCOPES } from '../../src/auth/scopes.js';
import { LANGUAGES } from '../../src/platform/pages/languages.js';
import type { Page } from '../../src/platform/pages/page.js';
import { Pages } from '../../src/platform/pages/pages.js';
import { loadSettings } from '../../src/platform/settings/load-settings.js';
import { attributesOf } from '../support/markup.js';

const HOSTILE = `"><script>alert(1)</script>'\u202e&amp;{user}<%= it.csrf %>`;
const FORM = { action: 'sign-in', csrf: 'the-token', continue: 'sealed' };
const FAULTS: readonly SignInFault[] = [
  { kind: 'wrong' },
  { kind: 'too_many', minutes: 1 },
  { kind: 'too_many', minutes: 15 },
  { kind: 'busy' },
  { kind: 'missing', field: 'username' },
  { kind: 'missing', field: 'password' },
];
const REASONS = ['unknown_client', 'redirect_uri', 'expired', 'foreign_form', 'sign_out'] as const;
/** Those that the service comes with: one that is added need not be translated. */
const OUR_SCOPES = [
  'openid',
  'profile',
  'email',
  'items:read',
  'tasks:read',
  'tasks:write',
  'users:read',
  'users:write',
  'clients:read',
  'clients:write',
  'audit:read',
  'tokens:introspect',
];

const pages = new Pages(loadSettings({}));
const render = (page: Page) => pages.render(page);

/** Every path to a text, with the text. */
function leaves(value: unknown, path = ''): [path: string, text: unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, one]) => leaves(one, `${path}.${key}`));
}

const placeholders = (text: unknown) => String(text).match(/\{\w+\}/g) ?? [];

describe('the texts of the pages', () => {
  it.each(LANGUAGES)('say everything, and put in what the English ones do: %s', (language) => {
    const english = leaves(textsOf('en'));
    const texts = new Map(leaves(textsOf(language)));
    expect([...texts.keys()]).toEqual(english.map(([path]) => path));
    for (const [path, text] of english) {
      expect(texts.get(path), path).toMatch(/\S/);
      expect(placeholders(texts.get(path)), path).toEqual(placeholders(text));
    }
    expect(texts.get('.language')).toBe(language);
  });

  it('are translated, all that are sentences', () => {
    const german = new Map(leaves(textsOf('de')));
    const same = leaves(textsOf('en')).filter(([path, text]) => german.get(path) === text);
    expect(same).toEqual([]);
  });

  it.each(LANGUAGES)('describe each scope: %s', (language) => {
    const { scopes } = textsOf(language);
    for (const scope of OUR_SCOPES) expect(scopes).toHaveProperty([scope]);
    for (const scope of Object.keys(scopes)) expect(ALL_SCOPES).toContain(scope);
    expect(scopeText(textsOf('en'), 'tasks:read')).toBe(SCOPES['tasks:read'].text);
  });

  it('fall back to English for a scope that nobody has translated, and to its name', () => {
    const german = { ...textsOf('de'), scopes: {} };
    expect(scopeText(german, 'tasks:read')).toBe('Read your tasks');
    expect(scopeText(german, 'reports:read')).toBe('reports:read');
    expect(scopeText(german, 'constructor')).toBe('constructor');
  });
});

describe.each(LANGUAGES)('the page to sign in (%s)', (language) => {
  const texts = textsOf(language);
  const page = (fault?: SignInFault, username = 'alice') =>
    render(
      signInPage({ texts, ...FORM, client: { name: 'Acme' }, username, ...(fault && { fault }) }),
    );

  it('is a form that password managers know, in its language', () => {
    const html = page();
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(`<title>${texts.signIn.title} - Hallpass</title>`);
    expect(attributesOf(html, '<form')).toEqual({ method: 'post', action: 'sign-in' });
    expect(attributesOf(html, '<input type="hidden" name="csrf"')['value']).toBe('the-token');
    expect(attributesOf(html, '<input type="hidden" name="continue"')['value']).toBe('sealed');
    expect(attributesOf(html, '<input id="username"')).toEqual({
      id: 'username',
      type: 'text',
      name: 'username',
      value: 'alice',
      autocomplete: 'username',
      autocapitalize: 'none',
      autocorrect: 'off',
      spellcheck: 'false',
      dir: 'auto',
      required: '',
    });
    expect(attributesOf(html, '<input id="password"')).toEqual({
      id: 'password',
      type: 'password',
      name: 'password',
      autocomplete: 'current-password',
      required: '',
      autofocus: '',
    });
  });

  it('begins with the name where none is known', () => {
    expect(attributesOf(page(undefined, ''), '<input id="username"')).toHaveProperty('autofocus');
    expect(attributesOf(page(undefined, ''), '<input id="password"')).not.toHaveProperty(
      'autofocus',
    );
  });

  it('names the client that it continues to, and none where there is none', () => {
    expect(page()).toContain('<bdi>Acme</bdi>');
    const plain = render(signInPage({ texts, ...FORM, client: null, username: '' }));
    expect(plain).not.toContain('class="lead"');
  });

  it.each(FAULTS)('says what is wrong in its title, aloud and at the field: %j', (fault) => {
    const html = page(fault);
    expect(html).toContain(`<title>${texts.error}: ${texts.signIn.title} - Hallpass</title>`);
    expect(html.match(/role="alert"/g)).toHaveLength(1);
    const focused = [...html.matchAll(/<input[^>]* autofocus[^>]*>/g)];
    expect(focused).toHaveLength(1);
    expect(focused[0]?.[0]).toContain('aria-describedby="fault"');
    const invalid = [...html.matchAll(/<input id="(\w+)"[^>]* aria-invalid="true"/g)];
    expect(invalid.map(([, id]) => id)).toEqual(
      fault.kind === 'wrong'
        ? ['username', 'password']
        : fault.kind === 'missing'
          ? [fault.field]
          : [],
    );
  });

  it('has other words for each fault, and the minutes of the wait', () => {
    const said = FAULTS.map((fault) => /role="alert">([^<]*)</.exec(page(fault))?.[1]);
    expect(new Set(said).size).toBe(FAULTS.length);
    expect(said[2]).toContain(' 15 ');
  });
});

describe.each(LANGUAGES)('the page to consent (%s)', (language) => {
  const texts = textsOf(language);
  const question = {
    texts,
    ...FORM,
    client: { name: 'Acme', redirectHost: 'app.example.com' },
    username: 'alice',
  };
  const asked = (name: string, isNew: boolean) => ({ name, text: scopeText(texts, name), isNew });
  const page = (...scopes: ReturnType<typeof asked>[]) =>
    render(consentPage({ ...question, scopes }));

  it('says who asks for what, as whom one would answer, and where that leads', () => {
    const html = page(asked('profile', true), asked('tasks:read', true));
    for (const value of ['Acme', 'alice', 'app.example.com']) {
      expect(html).toContain(`<bdi>${value}</bdi>`);
    }
    expect(html).toContain(
      `<title>${texts.consent.title.replace('{client}', 'Acme')} - Hallpass</title>`,
    );
    expect(html).toContain(texts.scopes['profile']);
    expect(html).toContain(texts.scopes['tasks:read']);
  });

  it('has a button to allow first, then to deny, then to change the account', () => {
    const buttons = [...page(asked('profile', true)).matchAll(/<button[^>]*>/g)].map(
      ([tag]) => tag,
    );
    expect(buttons.map((tag) => /value="(\w+)"/.exec(tag)?.[1])).toEqual([
      'approve',
      'deny',
      'switch',
    ]);
    for (const tag of buttons) expect(tag).toContain('name="decision"');
  });

  it('marks what is new among what was given before, and nothing where all is new', () => {
    expect(
      page(asked('profile', false), asked('email', true)).match(/class="badge"/g),
    ).toHaveLength(1);
    expect(page(asked('profile', true), asked('email', true))).not.toContain('class="badge"');
  });

  it('says that no scope means no more than that there is an account', () => {
    expect(page()).not.toContain('<ul');
    expect(page()).toContain(texts.consent.asksNothing.split('{client}')[1]);
  });
});

describe.each(LANGUAGES)('the other pages (%s)', (language) => {
  const texts = textsOf(language);
  const form = { texts, action: 'sign-out', csrf: 'the-token', username: 'alice' };

  it('ask before they sign out, with the request that asks for it', () => {
    const html = render(signOutPage({ ...form, continue: 'sealed', client: { name: 'Acme' } }));
    expect(attributesOf(html, '<form')['action']).toBe('sign-out');
    expect(attributesOf(html, '<input type="hidden" name="csrf"')['value']).toBe('the-token');
    expect(attributesOf(html, '<input type="hidden" name="continue"')['value']).toBe('sealed');
    expect(html).toContain('<bdi>alice</bdi>');
    expect(html).toContain('<bdi>Acme</bdi>');
    const plain = render(signOutPage({ ...form, client: null }));
    expect(plain).not.toContain('name="continue"');
    expect(plain).not.toContain('<bdi>Acme</bdi>');
  });

  it('say who is signed in, and offer to sign out', () => {
    const html = render(signedInPage(form));
    expect(html).toContain(`<h1>${texts.signedIn.title}</h1>`);
    expect(html).toContain('<bdi>alice</bdi>');
    expect(attributesOf(html, '<form')).toEqual({ method: 'post', action: 'sign-out' });
  });

  it('say that one is signed out', () => {
    expect(render(signedOutPage({ texts }))).toContain(`<h1>${texts.signedOut.title}</h1>`);
  });

  it.each(REASONS)('say why nobody is sent on, and what to do: %s', (reason) => {
    const html = render(authorizationFailurePage({ texts, reason }));
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).toContain(
      `<title>${texts.error}: ${texts.failures[reason].title} - Hallpass</title>`,
    );
    expect(html.match(/<p>/g)).toHaveLength(2);
    expect(html).not.toMatch(/<form|<a /);
  });
});

describe('what others have named', () => {
  const texts = textsOf('en');
  const client = { name: HOSTILE, redirectHost: HOSTILE };
  const form = { texts, action: HOSTILE, csrf: HOSTILE, continue: HOSTILE, username: HOSTILE };

  it.each([
    ['signing in', signInPage({ ...form, client })],
    [
      'consenting',
      consentPage({ ...form, client, scopes: [{ name: HOSTILE, text: HOSTILE, isNew: true }] }),
    ],
    ['signing out', signOutPage({ ...form, client })],
    ['being signed in', signedInPage(form)],
  ])('is text and nothing else on the page for %s', (_what, page) => {
    const html = render(page);
    expect(html).not.toMatch(/<script|<%|\son\w+=|\sstyle=/);
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain('&amp;amp;{user}&lt;%= it.csrf %&gt;'); // put in once, not read again
    const titles = html.replace(/<title>.*<\/title>/, ''); // a title has no elements
    for (const [, before] of titles.matchAll(/(.{0,5})&quot;&gt;&lt;script/g)) {
      expect(before).toMatch(/<bdi>$|="$|uto">$/);
    }
  });
});

describe('a brand', () => {
  const page = signInPage({ texts: textsOf('en'), ...FORM, client: null, username: '' });
  const branded = (env: Record<string, string>) => new Pages(loadSettings(env)).render(page);

  it('has its name in the title and on the page, as text', () => {
    const html = branded({ BRAND_NAME: '<Acme> & "Co"' });
    const name = '&lt;Acme&gt; &amp; &quot;Co&quot;';
    expect(html).toContain(`<title>Sign in - ${name}</title>`);
    expect(html).toContain(`<bdi>${name}</bdi>`);
    expect(html).not.toContain('Hallpass');
  });

  it('has its logo in the page and as its icon, beside a name that says the same', () => {
    const html = branded({ BRAND_NAME: 'Acme', BRAND_LOGO: 'src/openapi/pages/logo.svg' });
    const { src = '', alt } = attributesOf(html, '<img');
    expect(src).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(alt).toBe('');
    expect(attributesOf(html, '<link')['href']).toBe(src);
    expect(html).toContain('<bdi>Acme</bdi>');
    expect(html).not.toContain('<svg');
  });

  it('has another style for another colour, and the policy knows it', () => {
    const hashes = [{}, { BRAND_COLOR: '#0f766e' }].map(
      (env) => new Pages(loadSettings(env)).styleHash,
    );
    expect(new Set(hashes).size).toBe(2);
    expect(branded({ BRAND_COLOR: '#0F766E' })).toContain('--accent: #0f766e;');
  });
});
