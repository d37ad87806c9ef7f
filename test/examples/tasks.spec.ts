import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { bearer, call, sendJson, signIn } from '../support/http.js';

describe('the Task Manager', () => {
  let service: TestApp;
  let alice: string;
  let johndoe: string;

  const ask = (method: string, path: string, token: string, body?: unknown) =>
    body === undefined
      ? call(`${service.url}${path}`, { method, headers: bearer(token) })
      : sendJson(`${service.url}${path}`, method, body, token);
  const create = async (token: string, task: object = { title: 'Water the plants' }) =>
    (await ask('POST', '/tasks', token, task)).body as { id: string; updated_at: string };

  beforeAll(async () => {
    service = await startApp();
    alice = await signIn(service.url, 'alice', 'secret2');
    johndoe = await signIn(service.url);
  });
  afterAll(() => service.close());

  it('creates, reads, changes and deletes a task', async () => {
    const created = await ask('POST', '/tasks', alice, { title: 'Water the plants' });
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      title: 'Water the plants',
      description: '',
      done: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updated_at: created.body.created_at,
    });
    const path = `/tasks/${created.body.id}`;
    expect((await ask('GET', path, alice)).body).toEqual(created.body);

    service.clock.forward({ seconds: 60 });
    const changed = await ask('PATCH', path, alice, { done: true, description: 'Also the cactus' });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({
      title: 'Water the plants',
      description: 'Also the cactus',
      done: true,
      created_at: created.body.created_at,
    });
    expect(changed.body.updated_at > created.body.updated_at).toBe(true);
    expect((await ask('GET', path, alice)).body).toEqual(changed.body);

    const deleted = await ask('DELETE', path, alice);
    expect(deleted.status).toBe(204);
    expect(deleted.text).toBe('');
    expect((await ask('GET', path, alice)).status).toBe(404);
    expect((await ask('DELETE', path, alice)).status).toBe(404);
  });

  describe('keeps owners apart: somebody else’s task is 404, never 403', () => {
    it.each<[string, unknown]>([
      ['GET', undefined],
      ['PATCH', { title: 'mine now' }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ])('%s %j, for an administrator too', async (method, body) => {
      const task = await create(alice);
      const theirs = await ask(method, `/tasks/${task.id}`, johndoe, body);
      const nobodys = await ask(
        method,
        '/tasks/019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a11',
        johndoe,
        body,
      );
      expect(theirs.status).toBe(404);
      expect(theirs.text).toBe(nobodys.text);
      expect((await ask('GET', `/tasks/${task.id}`, alice)).body).toEqual(task);
    });

    it('and lists only one’s own', async () => {
      await create(alice);
      expect((await ask('GET', '/tasks', johndoe)).body).toEqual({ items: [], next: null });
    });
  });

  describe('changes only what is sent', () => {
    it.each<[string, object, object]>([
      ['the title', { title: 'b' }, { title: 'b', description: 'x', done: true }],
      ['the description', { description: '' }, { title: 'a', description: '', done: true }],
      ['done', { done: false }, { title: 'a', description: 'x', done: false }],
      ['nothing', {}, { title: 'a', description: 'x', done: true }],
    ])('%s', async (_what, changes, after) => {
      const { id } = await create(alice, { title: 'a', description: 'x', done: true });
      const answer = await ask('PATCH', `/tasks/${id}`, alice, changes);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject(after);
    });
  });

  it.each([
    '1',
    'x',
    '019a9f3e',
    "' OR '1'='1",
    '%00',
    'a%2Fb',
    'secret',
    '019a9f3e-5b0c-7c1e-8f5e-3f1b6f0c2a1g',
  ])('answers 404 for an id that is none: %s', async (id) => {
    for (const method of ['GET', 'DELETE']) {
      expect((await ask(method, `/tasks/${id}`, alice)).status).toBe(404);
    }
    expect((await ask('PATCH', `/tasks/${id}`, alice, { done: true })).status).toBe(404);
  });
});
