import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cookiesFor, goThrough, openBrowser } from '../bench/browser.mjs';
import { byOwner } from '../bench/profile.mjs';
import { replacePart, table, targetRow, verdict } from '../bench/results.mjs';
import { inTurn } from '../bench/rounds.mjs';
import { figure, median, percentile, spread } from '../bench/statistics.mjs';
import {
  CALLBACK,
  idTokenFor,
  JOHN,
  sentBack,
  serveSignInPages,
  tokens,
} from './support/sign-in-pages.js';

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Promise<Ended> {
  return runNode('bench/run.mjs', ...args);
}

function runNode(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

describe('npm run bench', () => {
  it.each([
    ['a command that is not there', ['nonsense'], 'There is no command "nonsense"'],
    ['one such among others', ['guarded', 'nonsense'], 'There is no command "nonsense"'],
    ['no seconds', ['guarded', '--seconds', '0'], '--seconds takes a whole number from 1'],
    ['half a run', ['storm', '--runs', '1.5'], '--runs takes a whole number from 1'],
    ['an unknown option', ['start', '--fast'], "Unknown option '--fast'"],
  ])('measures nothing when asked for %s, and says how it is used', async (_what, args, why) => {
    const { code, stdout, stderr } = await bench(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).toContain('Usage: npm run bench -- [command]');
  });

  it('tells its commands when asked for help', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    for (const command of [
      'guarded',
      'storm',
      'start',
      'tokens',
      'authorize',
      'profile',
      'features',
      'moving',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });
});

describe('the figures of the bench', () => {
  it('are medians, of an even number the middle of the two in the middle', () => {
    expect(median([10, 9, 100])).toBe(10);
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it('have percentiles that were measured', () => {
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect(percentile(hundred, 0.99)).toBe(99);
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile([7], 0.99)).toBe(7);
  });

  it('are written the same everywhere', () => {
    expect(figure(12_345.6)).toBe('12,346');
    expect(figure(Number.NaN)).toBe('–');
    expect(spread([3, 1.24, 2], 1)).toBe('1.2 to 3.0');
  });

  it('are set beside their target', () => {
    const atLeast = { atLeast: 0.5, aim: 0.8, unit: '×', digits: 2 };
    expect(verdict(0.41, atLeast)).toBe('**missed by 0.09×**');
    expect(verdict(0.5, atLeast)).toBe('met; the aim is missed by 0.30×');
    expect(verdict(0.8, atLeast)).toBe('met, and so is the aim');
    const atMost = { atMost: 10, unit: ' ms', digits: 1 };
    expect(verdict(10, atMost)).toBe('met');
    expect(verdict(12.5, atMost)).toBe('**missed by 2.5 ms**');
    expect(targetRow('p99', undefined, atMost, 'no server').at(-1)).toBe('not measured: no server');
  });
});

describe('contenders', () => {
  const contenders = [{ name: 'a' }, { name: 'b', absence: () => 'no b here' }, { name: 'c' }];
  const told = () => '';

  beforeEach(() => {
    vi.spyOn(console, 'log').mockReturnValue();
    vi.spyOn(console, 'error').mockReturnValue();
    return () => vi.restoreAllMocks();
  });

  it('take turns, and one that is missing is a row that says so', async () => {
    const order: string[] = [];
    const measure = ({ name }: { name: string }) => Promise.resolve(order.push(name));
    const rows = await inTurn(contenders, 2, { measure, told });
    expect(order).toEqual(['a', 'c', 'a', 'c']);
    expect(rows.map(({ absence }) => absence)).toEqual([undefined, 'no b here', undefined]);
  });

  it('that fail are rows that say why, unless it is our own server', async () => {
    const measure = ({ name }: { name: string }) =>
      name === 'c'
        ? Promise.reject(new Error('it ended with 1\nand much more'))
        : Promise.resolve(1);
    const rows = await inTurn(contenders, 1, { measure, told });
    expect(rows.map(({ absence }) => absence)).toEqual([undefined, 'no b here', 'it ended with 1']);
    const ours = [{ name: 'c', ours: true }];
    await expect(inTurn(ours, 1, { measure, told })).rejects.toThrow('it ended with 1');
  });
});

describe('bench/RESULTS.md', () => {
  const page = 'a\n<!-- one -->\nold\n<!-- end of one -->\nb\n<!-- two -->\n<!-- end of two -->\n';

  it('changes in the part that was measured alone', () => {
    const once = replacePart(page, 'one', '| $& | 1 |');
    expect(once).toBe(page.replace('old', () => '\n| $& | 1 |\n'));
    expect(replacePart(once, 'one', 'old')).toBe(replacePart(page, 'one', 'old'));
    expect(() => replacePart(page, 'three', '')).toThrow('RESULTS.md has no part "three"');
  });

  it('has a place for what each command writes', () => {
    const results = readFileSync('bench/RESULTS.md', 'utf8');
    const withTargets = ['guarded', 'storm', 'start', 'tokens', 'authorize'];
    const targets = withTargets.map((command) => `${command} targets`);
    for (const part of [...targets, ...withTargets, 'profile', 'features', 'moving']) {
      expect(replacePart(results, part, 'new')).toContain('\n\nnew\n\n');
    }
  });

  it('sets columns of numbers to the right', () => {
    expect(table(['', 'ms', 'why'], [['a', '1.5', 'b']])).toBe(
      '|  | ms | why |\n| --- | ---: | --- |\n| a | 1.5 | b |',
    );
  });
});

describe('the profile of a server', () => {
  const frames = [
    ['(root)', ''],
    ['(idle)', ''],
    ['find', 'file:///srv/dist/src/sessions/principals.js'],
    ['send', 'file:///srv/node_modules/fastify/lib/reply.js'],
    ['route', 'file:///srv/node_modules/@nestjs/core/router.js'],
    ['_storeHeader', 'node:_http_outgoing'],
    ['writev', ''],
    ['post', 'node:inspector'],
    ['dispatch', ''],
  ];
  const nodes = frames.map(([functionName, url], id) => ({
    id,
    callFrame: { functionName, url },
    children: id === 7 ? [8] : [],
  }));

  it('is summed up by whose code it is, without waiting and without the profiler', () => {
    const samples = [1, 2, 3, 4, 5, 6, 8, 2];
    const timeDeltas = [900, 10, 20, 5, 4, 3, 800, 15];
    const owners = byOwner({ nodes, samples, timeDeltas }).filter(({ us }) => us > 0);
    expect(owners.map(({ owner, us }) => [owner, us])).toEqual([
      ['our src/sessions/principals.ts', 25],
      ['fastify', 20],
      ['@nestjs/core', 5],
      ['Node: http', 4],
      ["Node's native code", 3],
    ]);
    expect(owners[0]?.functions).toEqual([['`find`', 25]]);
  });
});

describe('the browser of the bench', () => {
  const john = { person: JOHN, target: CALLBACK };

  it('signs in and consents once, and is sent back at once after', async () => {
    const pages = await serveSignInPages();
    onTestFinished(pages.close);
    const browser = openBrowser(pages.url);
    const answer = await goThrough(browser, '/authorize', john);
    expect(answer.searchParams.get('code')).toBe('c0de');
    expect(cookiesFor(browser, '/authorize')).toBe('session=s1; consent=given');

    const nobody = { person: {}, target: CALLBACK };
    await expect(goThrough(browser, '/authorize', nobody)).resolves.toBeInstanceOf(URL);
  });

  it('says which page would not have it, and no secret', async () => {
    const pages = await serveSignInPages({ 'GET /loop': () => LOOP });
    onTestFinished(pages.close);
    const walk = (path: string, person = JOHN) =>
      goThrough(openBrowser(pages.url), path, { ...john, person });
    const stranger = { ...JOHN, password: 'wrong' };
    await expect(walk('/authorize', stranger)).rejects.toThrow(/^\/sign-in answered with 401$/);
    await expect(walk('/nothing?a=b')).rejects.toThrow(/^\/nothing answered with 404$/);
    await expect(walk('/loop?a=b')).rejects.toThrow('/loop led to /loop again and again');
  });

  const LOOP = { status: 303, headers: { location: '/loop?c=d' } };
});

describe('the load of authorization code flows', () => {
  const clients = [{ id: 'app', secret: 's3cret', redirectUri: CALLBACK }];
  const COOKIES = ['session=s1; consent=given', 'session=s1; consent=given'];

  async function load(others = {}, cookies = COOKIES) {
    const pages = await serveSignInPages(others);
    onTestFinished(pages.close);
    const options = { url: pages.url, cookies, clients, scope: 'openid', seconds: 0.2 };
    return runNode('bench/generators/flows.mjs', JSON.stringify(options));
  }

  it('counts the flows that end with all three tokens', async () => {
    const asked: string[] = [];
    const token = (_request: unknown, form: URLSearchParams) => {
      asked.push([...form.keys(), form.get('code')].join(' '));
      return tokens()(_request as never, form);
    };
    const { code, stdout, stderr } = await load({ 'POST /token': token });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { requests } = JSON.parse(stdout) as { requests: number };
    expect(requests).toBeGreaterThan(1);
    expect(asked).toHaveLength(requests);
    expect(new Set(asked)).toEqual(new Set(['grant_type code redirect_uri code_verifier c0de']));
  });

  it.each([
    ['without an id_token', { 'POST /token': tokens({ id_token: undefined }) }, 'without id_token'],
    [
      "with another client's",
      { 'POST /token': tokens({ id_token: idTokenFor('another') }) },
      "with another client's id_token",
    ],
    ['refused by /token', { 'POST /token': () => ({ status: 400 }) }, '/token answered with 400'],
    [
      'refused by /authorize',
      { 'GET /authorize': sentBack({ error: 'access_denied' }) },
      'with access_denied',
    ],
    [
      'with another state',
      { 'GET /authorize': sentBack({ code: 'c0de', state: 'x' }) },
      'with another state',
    ],
    ['without a code', { 'GET /authorize': sentBack({}) }, 'without a code'],
  ])('ends at a flow %s', async (_what, others, why) => {
    const { code, stdout, stderr } = await load(others);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).not.toContain('c0de');
  });

  it('ends at a browser that is not signed in', async () => {
    const { code, stderr } = await load({}, ['session=gone']);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: '/authorize led to https://id.example.com/sign-in\n',
    });
  });
});
