import { METHODS } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PasswordHasher, PasswordWorkersBusy } from '../../src/users/password-hasher.js';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, bearer, call, postForm, rawRequest, signIn } from '../support/http.js';
import { askToken } from '../support/oauth.js';
import { PASSWORD, somebody } from '../support/people.js';
import { readMetrics, type Sample } from '../support/prometheus.js';
import { openSession, refresh } from '../support/refresh.js';

const TOKEN = 'of-the-scraper-0123456789';

function read(service: Pick<TestApp, 'url'>, headers: Record<string, string> = {}) {
  return call(`${service.url}/metrics`, { headers });
}

async function samplesOf(service: Pick<TestApp, 'url'>): Promise<Sample[]> {
  const { status, text } = await read(service);
  expect(status, text).toBe(200);
  return readMetrics(text);
}

/** How much a figure is now; 0 while there is none. */
async function valueOf(
  service: Pick<TestApp, 'url'>,
  name: string,
  labels: Record<string, string> = {},
): Promise<number> {
  const fits = (sample: Sample) =>
    sample.name === name &&
    Object.entries(labels).every(([label, value]) => sample.labels[label] === value);
  const found = (await samplesOf(service)).filter(fits);
  return found.reduce((sum, { value }) => sum + value, 0);
}

describe('GET /metrics', () => {
  let service: TestApp;

  /** By how much a figure grows. */
  async function growth(
    deed: () => Promise<unknown>,
    name: string,
    labels: Record<string, string> = {},
  ): Promise<number> {
    const before = await valueOf(service, name, labels);
    await deed();
    return (await valueOf(service, name, labels)) - before;
  }

  beforeAll(async () => {
    service = await startApp({ env: { METRICS: 'on' }, limited: true });
  });
  afterAll(() => service.close());

  it('is the text format of Prometheus, which nobody may keep', async () => {
    const answer = await read(service);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(readMetrics(answer.text).length).toBeGreaterThan(50);
  });

  it('has what the docs name', async () => {
    await call(`${service.url}/health/live`);
    const names = new Set((await samplesOf(service)).map(({ name }) => name));
    for (const name of [
      'hallpass_http_requests_total',
      'hallpass_http_request_duration_seconds_bucket',
      'hallpass_http_request_duration_seconds_count',
      'hallpass_sign_ins_total',
      'hallpass_password_hashes',
      'nodejs_eventloop_lag_p50_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
    ]) {
      expect([...names]).toContain(name);
    }
  });

  it('is not in /openapi.json', async () => {
    const { body } = await call(`${service.url}/openapi.json`);
    expect(Object.keys(body.paths)).toContain('/health/live');
    expect(JSON.stringify(body)).not.toContain('metrics');
  });

  it('counts each answer once, by method, pattern and status', async () => {
    const token = await signIn(service.url);
    const headers = bearer(token);
    const [name, route] = ['hallpass_http_requests_total', '/tasks/:id'];
    const get = (id: string, more: object = {}) =>
      call(`${service.url}/tasks/${id}`, { headers, ...more });
    const three = async () => {
      for (const id of ['one', 'two', 'three/']) expect((await get(id)).status).toBe(404);
    };
    const labels = { method: 'GET', route, status: '404' };
    expect(await growth(three, name, labels)).toBe(3);
    const without = () => call(`${service.url}/tasks/one?x=1`);
    expect(await growth(without, name, { ...labels, status: '401' })).toBe(1);
    const remove = () => get('one', { method: 'DELETE' });
    expect(await growth(remove, name, { method: 'DELETE', route, status: '404' })).toBe(1);
    const nowhere = () => call(`${service.url}/no/such/path`);
    expect(await growth(nowhere, name, { route: 'unmatched', status: '404' })).toBe(1);
    const wrongMethod = () => call(`${service.url}/token`);
    expect(await growth(wrongMethod, name, { route: 'unmatched', status: '405' })).toBe(1);
    const malformed = () =>
      call(`${service.url}/tasks`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{',
      });
    expect(await growth(malformed, name, { route: '/tasks', status: '400' })).toBe(1);
  });

  it('measures how long each took', async () => {
    const name = 'hallpass_http_request_duration_seconds';
    const labels = { method: 'GET', route: '/health/ready' };
    const twice = async () => {
      for (let i = 0; i < 2; i += 1) await call(`${service.url}/health/ready`);
    };
    expect(await growth(twice, `${name}_count`, labels)).toBe(2);
    expect(await growth(twice, `${name}_sum`, labels)).toBeGreaterThan(0);
    expect(await growth(twice, `${name}_bucket`, { ...labels, le: '+Inf' })).toBe(2);
  });

  it('has no more series after 1,000 random paths and every method there is', async () => {
    const seriesOf = async () => {
      const samples = await samplesOf(service);
      const ours = samples.filter(({ name }) => name.startsWith('hallpass_'));
      const ofHttp = ours.filter(({ name }) => name.startsWith('hallpass_http_requests'));
      const of = (label: string) => new Set(ofHttp.map(({ labels }) => labels[label]));
      return { count: ofHttp.length, routes: of('route'), methods: of('method'), all: ours.length };
    };
    const at = (method: string, path: string) =>
      rawRequest(
        service.url,
        `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
    const explore = async () => {
      const paths = Array.from({ length: 1000 }, (_, n) => `/${n}-${Math.random()}/x?y=${n}`);
      for (let i = 0; i < paths.length; i += 50) {
        await Promise.all(paths.slice(i, i + 50).map((path) => call(service.url + path)));
      }
      const ids = Array.from({ length: 100 }, () => `/tasks/${Math.random()}`);
      await Promise.all(ids.map((path) => call(service.url + path)));
      const methods = [...METHODS.filter((method) => method !== 'CONNECT'), 'INVENTED', 'get'];
      for (const method of methods) {
        await at(method, '/users/me');
        await at(method, `/${Math.random()}`);
      }
    };
    await explore();
    const before = await seriesOf();
    await explore();
    const after = await seriesOf();
    expect([...after.routes].toSorted()).toEqual([...before.routes].toSorted());
    expect(after.count).toBe(before.count);
    expect(after.all).toBe(before.all);
    const allowed = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'OTHER'];
    for (const method of after.methods) expect(allowed).toContain(method);
    for (const route of after.routes) expect(route).not.toMatch(/\d/);
    expect(after.count).toBeLessThan(60);
  });

  describe('counts each sign-in once', () => {
    const name = 'hallpass_sign_ins_total';
    const all = async () => {
      const samples = (await samplesOf(service)).filter((sample) => sample.name === name);
      return Object.fromEntries(
        samples.map(({ labels, value }) => [labels['result'], value]),
      ) as Record<string, number>;
    };
    async function expectGrowth(deed: () => Promise<unknown>, expected: Record<string, number>) {
      const before = await all();
      await deed();
      const after = await all();
      const grown = Object.entries(after)
        .map(([result, value]) => [result, value - (before[result] ?? 0)] as const)
        .filter(([, by]) => by !== 0);
      expect(Object.fromEntries(grown)).toEqual(expected);
    }
    const ask = async (fields: Record<string, string>, status: number): Promise<Answer> => {
      const answer = await askToken(service.url, fields);
      expect(answer.status).toBe(status);
      return answer;
    };

    it('that succeeds, and no refresh with it', async () => {
      const deed = async () => {
        const pair = await openSession(service);
        expect((await refresh(service, pair.refresh)).status).toBe(200);
      };
      await expectGrowth(deed, { success: 1 });
    });

    it.each([
      ['for a wrong password', { password: 'wrong' }, 401],
      ['for a name that is nobody’s', { username: 'nobody-at-all' }, 401],
      ['for a disabled user', { username: 'bob', password: 'secret3' }, 401],
      ['for a scope that is not for this user', { ...alice(), scope: 'users:read' }, 400],
    ])('that is refused %s', async (_title, fields, status) => {
      await expectGrowth(() => ask(fields, status), { refused: 1 });
    });

    it('that is limited, each of them', async () => {
      const { username } = await somebody(service);
      for (let i = 0; i < 10; i += 1) await ask({ username, password: 'wrong' }, 401);
      const deed = async () => {
        for (let i = 0; i < 3; i += 1) await ask({ username, password: PASSWORD }, 429);
      };
      await expectGrowth(deed, { limited: 3 });
    });

    it('that finds the workers busy', async () => {
      const deed = async () => {
        const hasher = service.app.get(PasswordHasher);
        vi.spyOn(hasher, 'verify').mockRejectedValueOnce(new PasswordWorkersBusy());
        await ask({}, 503);
      };
      await expectGrowth(deed, { busy: 1 });
    });

    it('and not a password that is asked for again, nor a form that is malformed', async () => {
      const { username } = await somebody(service);
      const token = await signIn(service.url, username, PASSWORD);
      const deed = async () => {
        await call(`${service.url}/users/me/deletion`, {
          method: 'POST',
          headers: { ...bearer(token), 'content-type': 'application/json' },
          body: '{"password":"wrong"}',
        });
        await ask({ password: '' }, 400);
      };
      await expectGrowth(deed, {});
    });
  });

  describe('counts each session that ends once, by why', () => {
    const name = 'hallpass_sessions_ended_total';

    it('by signing out, however often it is asked for', async () => {
      const pair = await openSession(service);
      const revoke = () => postForm(`${service.url}/revoke`, { token: pair.refresh });
      expect(await growth(revoke, name, { reason: 'token_revoked' })).toBe(1);
      expect(await growth(revoke, name)).toBe(0);
    });

    it('by a replay', async () => {
      const pair = await openSession(service);
      await refresh(service, pair.refresh);
      service.clock.forward({ seconds: 11 });
      const replay = () => refresh(service, pair.refresh);
      expect(await growth(replay, name, { reason: 'refresh_token_reuse' })).toBe(1);
      expect(await growth(replay, name)).toBe(0);
    });

    it('by the dozen', async () => {
      const { username } = await somebody(service);
      const open = () => openSession(service, { username, password: PASSWORD });
      const pairs = [await open(), await open(), await open(), await open()];
      const headers = bearer(pairs[0]?.access ?? '');
      const others = () => call(`${service.url}/users/me/sessions`, { method: 'DELETE', headers });
      expect(await growth(others, name, { reason: 'signed_out' })).toBe(3);
      const change = () =>
        call(`${service.url}/users/me/password`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ current_password: PASSWORD, new_password: `new ${PASSWORD}` }),
        });
      expect(await growth(change, name, { reason: 'password_changed' })).toBe(1);
    });
  });

  it('shows the passwords that are hashed and that wait', async () => {
    const hasher = service.app.get(PasswordHasher);
    const settled = async () => ({
      running: await valueOf(service, 'hallpass_password_hashes', { state: 'running' }),
      waiting: await valueOf(service, 'hallpass_password_hashes', { state: 'waiting' }),
    });
    expect(await settled()).toEqual({ running: 0, waiting: 0 });
    const hashes = Promise.all(Array.from({ length: 20 }, () => hasher.hash(PASSWORD)));
    const { running, waiting } = hasher.load;
    expect(running + waiting).toBe(20);
    expect(waiting).toBeGreaterThan(0);
    vi.spyOn(hasher, 'load', 'get').mockReturnValue({ running: 2, waiting: 18 });
    expect(await settled()).toEqual({ running: 2, waiting: 18 });
    vi.restoreAllMocks();
    await hashes;
    expect(await settled()).toEqual({ running: 0, waiting: 0 });
  });

  it('holds nothing of who signed in', async () => {
    const { text } = await read(service);
    for (const secret of ['johndoe', 'alice', 'person-', service.people.alice.id, '127.0.0.1']) {
      expect(text).not.toContain(secret);
    }
  });
});

function alice() {
  return { username: 'alice', password: 'secret2' };
}

describe('with METRICS=off', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ env: { METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => service.close());

  it('GET /metrics is 404, with the token too', async () => {
    expect((await read(service)).status).toBe(404);
    expect((await read(service, bearer(TOKEN))).status).toBe(404);
  });
});

describe('with METRICS_TOKEN', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp({ env: { METRICS: 'on', METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => service.close());

  it('GET /metrics takes it as a Bearer token', async () => {
    const answer = await read(service, bearer(TOKEN));
    expect(answer.status).toBe(200);
    expect(readMetrics(answer.text).length).toBeGreaterThan(50);
    expect((await read(service, { authorization: `bearer ${TOKEN}` })).status).toBe(200);
  });

  it.each([
    ['none', {}],
    ['another scheme', { authorization: `Basic ${TOKEN}` }],
    ['the token alone', { authorization: TOKEN }],
  ])('refuses %s with a challenge', async (_title, headers: Record<string, string>) => {
    const answer = await read(service, headers);
    expect(answer).toMatchObject({ status: 401, body: { detail: 'Not authenticated' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="hallpass"');
    expect(answer.text).not.toContain('hallpass_');
  });

  it('refuses another, the token of an administrator included', async () => {
    const others = [
      `${TOKEN}x`,
      TOKEN.slice(0, -1),
      TOKEN.toUpperCase(),
      await signIn(service.url),
    ];
    for (const other of others) {
      const answer = await read(service, bearer(other));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    expect((await call(`${service.url}/metrics?token=${TOKEN}`)).status).toBe(401);
    expect(service.log()).not.toContain(TOKEN);
  });
});

describe('the reader of the text format', () => {
  const page = (...lines: string[]) => `${lines.join('\n')}\n`;
  const TYPE = '# TYPE a counter';

  it('reads what is right', () => {
    expect(readMetrics(page('# HELP a Said.', TYPE, 'a{b="c\\"d\\\\e\\nf",g=""} 1e3'))).toEqual([
      { name: 'a', labels: { b: 'c"d\\e\nf', g: '' }, value: 1000 },
    ]);
  });

  it.each([
    ['a figure without a type', 'a figure before its type', page('a 1')],
    ['a figure of another family', 'no figure of a', page(TYPE, 'b 1')],
    [
      'the same figure twice',
      'the same figure twice',
      page(TYPE, 'a{b="c",d="e"} 1', 'a{d="e",b="c"} 2'),
    ],
    [
      'a family in two places',
      'a family in two places',
      page(TYPE, 'a 1', '# TYPE b gauge', 'b 1', '# HELP a Said.'),
    ],
    ['a number that is none', 'no number', page(TYPE, 'a 1x')],
    ['a label that does not end', 'no label', page(TYPE, 'a{b="c} 1')],
    ['a label with a raw quote', 'no label', page(TYPE, 'a{b="c"d"} 1')],
    ['a counter below 0', 'a counter below 0', page(TYPE, 'a -1')],
    ['a last line that does not end', 'the last line does not end', `${TYPE}\na 1`],
    [
      'buckets that shrink',
      'buckets that shrink',
      page(
        '# TYPE h histogram',
        'h_bucket{le="1"} 2',
        'h_bucket{le="+Inf"} 1',
        'h_sum 1',
        'h_count 1',
      ),
    ],
    [
      'a histogram without its last bucket',
      'no bucket that holds all',
      page('# TYPE h histogram', 'h_bucket{le="1"} 1', 'h_count 1'),
    ],
  ])('refuses %s', (_title, message, text) => {
    expect(() => readMetrics(text)).toThrow(message);
  });
});
