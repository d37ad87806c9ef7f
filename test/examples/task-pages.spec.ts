import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, sendJson, signIn } from '../support/http.js';

describe('the list of tasks', () => {
  let service: TestApp;
  let token: string;
  let titles: string[];

  const list = (query = '') => call(`${service.url}/tasks${query}`, { headers: bearer(token) });
  const titlesOf = (items: Array<{ title: string }>) => items.map(({ title }) => title);

  async function walk(limit: number): Promise<string[][]> {
    const pages: string[][] = [];
    let next: string | null = '';
    while (next !== null) {
      const { body } = await list(`?limit=${limit}${next && `&cursor=${next}`}`);
      pages.push(titlesOf(body.items));
      next = body.next as string | null;
    }
    return pages;
  }

  beforeAll(async () => {
    service = await startApp();
    const alice = await signIn(service.url, 'alice', 'secret2');
    token = await signIn(service.url);
    titles = Array.from({ length: 45 }, (_, i) => `task ${i}`);
    for (const title of titles) {
      await sendJson(`${service.url}/tasks`, 'POST', { title }, token);
      await sendJson(`${service.url}/tasks`, 'POST', { title: 'not yours' }, alice);
    }
    titles.reverse();
  });
  afterAll(() => service.close());

  it('is newest first, 20 at a time', async () => {
    const { body } = await list();
    expect(titlesOf(body.items)).toEqual(titles.slice(0, 20));
    expect(body.next).toEqual(expect.any(String));
  });

  it.each([1, 7, 15, 20, 44, 45, 46, 100])(
    'of 45 has no gap and no double in pages of %i',
    async (limit) => {
      const pages = await walk(limit);
      expect(pages.flat()).toEqual(titles);
      expect(pages).toHaveLength(Math.ceil(45 / limit));
    },
  );

  it('goes on where it was when tasks come and go meanwhile', async () => {
    const first = (await list('?limit=20')).body;
    const added = await sendJson(`${service.url}/tasks`, 'POST', { title: 'new' }, token);
    const last = first.items.at(-1) as { id: string; title: string };
    const removed = await call(`${service.url}/tasks/${last.id}`, {
      method: 'DELETE',
      headers: bearer(token),
    });
    const second = (await list(`?limit=20&cursor=${first.next}`)).body;
    expect([added.status, removed.status]).toEqual([201, 204]);
    expect(titlesOf(second.items)).toEqual(titles.slice(20, 40));
  });

  it.each(['1', '100', '050'])('takes limit=%s', async (limit) => {
    expect((await list(`?limit=${limit}`)).status).toBe(200);
  });

  it.each([
    '0',
    '101',
    '-1',
    '1.5',
    '1e1',
    '0x10',
    'x',
    '',
    '%20 5',
    '١',
    '99999999999999999999',
    '5&limit=6',
  ])('refuses limit=%s with 422', async (limit) => {
    const answer = await list(`?limit=${limit}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field: 'limit', message: expect.any(String) }]);
  });

  it.each(['x', '', '%00', 'MTIz', 'e30', "' OR '1'='1", 'x&cursor=y'])(
    'refuses cursor=%s with 422',
    async (cursor) => {
      const answer = await list(`?cursor=${cursor}`);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toEqual([{ field: 'cursor', message: expect.any(String) }]);
    },
  );

  it.each(['x=1', 'offset=20', 'limit[]=5', 'limit[a]=5', '__proto__=1', 'after=x', 'toString=1'])(
    'refuses the unknown parameter %s with 422',
    async (query) => {
      expect((await list(`?${query}`)).status).toBe(422);
    },
  );

  it('never shows another’s tasks through their cursor', async () => {
    const alice = await signIn(service.url, 'alice', 'secret2');
    const theirs = await call(`${service.url}/tasks?limit=1`, { headers: bearer(alice) });
    const { body } = await list(`?limit=100&cursor=${theirs.body.next}`);
    expect(titlesOf(body.items)).not.toContain('not yours');
  });
});
