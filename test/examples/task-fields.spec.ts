import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { type Answer, bearer, call, signIn } from '../support/http.js';

describe('the fields of a task', () => {
  let service: TestApp;
  let token: string;
  let path: string;

  const send = (method: string, to: string, json: string) =>
    call(`${service.url}${to}`, {
      method,
      headers: { ...bearer(token), 'content-type': 'application/json' },
      body: json,
    });
  const post = (task: unknown) => send('POST', '/tasks', JSON.stringify(task));
  const patch = (changes: unknown) => send('PATCH', path, JSON.stringify(changes));

  function expectUnfit(answer: Answer, field: string): void {
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toContainEqual({ field, message: expect.any(String) });
    expect(answer.body.detail).toContain(field);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  }

  beforeAll(async () => {
    service = await startApp();
    token = await signIn(service.url);
    path = `/tasks/${(await post({ title: 'x' })).body.id}`;
  });
  afterAll(() => service.close());

  it.each<[string, object]>([
    ['one letter', { title: 'x' }],
    ['200 letters', { title: 'x'.repeat(200) }],
    ['200 emoji', { title: '🌵'.repeat(200) }],
    ['spaces and line breaks', { title: ' a\n\tb ' }],
    ['HTML and quotes, as they are', { title: `<script>'"\\</script>` }],
    ['a description of 5,000 emoji', { title: 'x', description: '🌵'.repeat(5000) }],
    ['a description of nothing', { title: 'x', description: '' }],
    ['done from the start', { title: 'x', done: true }],
  ])('hold %s, and come back unchanged', async (_what, task) => {
    const created = await post(task);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject(task);
    const answer = await call(`${service.url}/tasks/${created.body.id}`, {
      headers: bearer(token),
    });
    expect(answer.body).toMatchObject(task);
  });

  it.each<[string, string, unknown]>([
    ['an empty title', 'title', ''],
    ['a title of 201 letters', 'title', 'x'.repeat(201)],
    ['a title of 201 emoji', 'title', '🌵'.repeat(201)],
    ['a title with NUL', 'title', 'a\0b'],
    ['a title with a lone surrogate', 'title', 'a\ud800b'],
    ['a title null', 'title', null],
    ['a title that is a number', 'title', 1],
    ['a title that is a list', 'title', ['x']],
    ['a title that is an object', 'title', { x: 1 }],
    ['a description of 5,001 letters', 'description', 'x'.repeat(5001)],
    ['a description with NUL', 'description', '\0'],
    ['a description with a lone surrogate', 'description', '\udfff'],
    ['a description null', 'description', null],
    ['done as text', 'done', 'true'],
    ['done as a number', 'done', 1],
    ['done null', 'done', null],
  ])('refuse %s, on POST and PATCH', async (_what, field, value) => {
    expectUnfit(await post({ title: 'x', [field]: value }), field);
    expectUnfit(await patch({ [field]: value }), field);
  });

  it('need a title', async () => {
    expectUnfit(await post({}), 'title');
    expectUnfit(await post({ done: true }), 'title');
  });

  it.each([
    'id',
    'owner_id',
    'ownerId',
    'owner',
    'created_at',
    'createdAt',
    'updated_at',
    'updatedAt',
    'x',
  ])('refuse %s, which nobody may set', async (field) => {
    expectUnfit(await post({ title: 'x', [field]: service.people.alice.id }), field);
    expectUnfit(await patch({ [field]: service.people.alice.id }), field);
  });

  it('name every fault at once, and repeat no value', async () => {
    const answer = await post({ title: '', done: 'hunter2', description: 1, password: 'hunter2' });
    const fields = (answer.body.errors as Array<{ field: string }>).map(({ field }) => field);
    expect(fields.toSorted()).toEqual(['description', 'done', 'password', 'title']);
    expect(answer.text).not.toContain('hunter2');
  });

  it('repeat no unknown field that does not look like a name', async () => {
    const answer = await post({ title: 'x', '<script>': 1, [`hunter2 ${'x'.repeat(100)}`]: 1 });
    expect(answer.status).toBe(422);
    expect(answer.text).not.toMatch(/<script>|hunter2/);
  });

  it.each(['null', '[]', '[{"title":"x"}]', '"x"', '1', 'true'])(
    'come in a JSON object: %s is 422, on POST and PATCH',
    async (json) => {
      expectUnfit(await send('POST', '/tasks', json), 'body');
      expectUnfit(await send('PATCH', path, json), 'body');
    },
  );

  it('come in a body: none is 422, on POST and PATCH', async () => {
    for (const [method, to] of [
      ['POST', '/tasks'],
      ['PATCH', path],
    ] as const) {
      const answer = await call(`${service.url}${to}`, { method, headers: bearer(token) });
      expectUnfit(answer, 'body');
    }
  });
});
