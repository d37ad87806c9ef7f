import { Body, Controller, Get, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Public } from '../../../src/auth/public.decorator.js';
import { Text } from '../../../src/platform/http/text.js';
import { startApp, type TestApp } from '../../support/app.js';
import { type Answer, bearer, call, sendJson, signIn } from '../../support/http.js';
import { rawCall, rawCallWithoutHost } from '../../support/raw.js';

const CANARY = 'hunter2-canary';

class NoteDto {
  @Text({ min: 1, max: 5, description: 'A field called by a word of its message', example: 'a' })
  readonly text!: string;
}

@Public()
@Controller('faults')
class FaultsController {
  constructor(private readonly database: DataSource) {}

  @Get('bug')
  bug(): never {
    throw new Error(`the secret is ${CANARY}`);
  }

  @Get('no-error')
  noError(): never {
    throw CANARY;
  }

  @Get('query')
  query(): Promise<unknown> {
    return this.database.query('SELECT * FROM nowhere WHERE password = $1', [CANARY]);
  }

  @Get('database-down')
  databaseDown(): never {
    throw Object.assign(new Error(CANARY), { code: 'ECONNREFUSED' });
  }

  @Post('note')
  note(@Body() note: NoteDto): NoteDto {
    return note;
  }
}

describe('an error outside the OAuth endpoints', () => {
  let service: TestApp;
  let token: string;

  const post = (body: RequestInit['body'], type?: string): Promise<Answer> =>
    call(`${service.url}/tasks`, {
      method: 'POST',
      headers: { ...bearer(token), ...(type ? { 'content-type': type } : {}) },
      body,
    });

  function expectProblem(answer: Pick<Answer, 'status' | 'body'>, status: number, detail: string) {
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ detail, status, title: expect.any(String) });
  }

  beforeAll(async () => {
    service = await startApp({ controllers: [FaultsController] });
    token = await signIn(service.url);
  });
  afterAll(() => service.close());

  it.each([
    `{"password":${CANARY}}`,
    `{"title":"${CANARY}"`,
    CANARY,
    `{"title":"x","title2":'${CANARY}'}`,
    `\ufeff{"title":"${CANARY}",}`,
  ])('never quotes malformed JSON, neither to the caller nor to the log: %s', async (body) => {
    const answer = await post(body, 'application/json');
    expectProblem(answer, 400, 'The body is not valid JSON');
    expect(answer.text).not.toContain('hunter2');
    expect(service.log()).not.toContain('hunter2');
  });

  it('is 422 for an empty body, where one is needed', async () => {
    const answer = await post('', 'application/json');
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toEqual([{ field: 'body', message: 'must be a JSON object' }]);
  });

  it('leaves the message of a field whole, also where the field is called by a word of it', async () => {
    const answer = await sendJson(`${service.url}/faults/note`, 'POST', { text: '' });
    const message = 'must be text of 1 to 5 characters';
    expect(answer.body.errors).toEqual([{ field: 'text', message }]);
  });

  it('is none for the type of a body that is not sent, where none is needed', async () => {
    const { body: task } = await post('{"title":"x"}', 'application/json');
    const headers = { ...bearer(token), 'content-type': 'application/json' };
    const answer = await call(`${service.url}/tasks/${task.id}`, { method: 'DELETE', headers });
    expect(answer.status).toBe(204);
  });

  it('is 400 for a request without Host (RFC 9112 §3.2), and none for an Expect that nobody knows', async () => {
    const { status, body } = await rawCallWithoutHost(service.url, 'GET /health/live');
    expect([status, body.detail]).toEqual([400, 'The Host header is missing']);
    const live = await rawCall(service.url, 'GET /health/live', ['Expect: more']);
    expect(live.status).toBe(200);
  });

  it('is 400 for JSON that is not UTF-8, which is not repaired', async () => {
    const body = Buffer.from('{"title":"\xff\xfe"}', 'latin1');
    expectProblem(await post(body, 'application/json'), 400, 'The body is not valid JSON');
  });

  it('is 415 for a packed body', async () => {
    const headers = {
      ...bearer(token),
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    };
    const answer = await call(`${service.url}/tasks`, { method: 'POST', headers, body: '{}' });
    expectProblem(answer, 415, 'Send the body as application/json');
  });

  it.each([
    ['PUT', '/users/me', 405],
    ['POST', '/nope', 404],
    ['PUT', '/token', 405],
  ])('says of %s %s what is wrong with it, whatever is sent', async (method, path, status) => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const headers = { 'content-type': type };
      const answer = await call(`${service.url}${path}`, { method, headers, body: '{' });
      expect(answer.status).toBe(status);
    }
  });

  it('is 413 for a body of 64 KiB and one byte', async () => {
    const body = JSON.stringify({ title: 'x', description: '' });
    const fits = body.padEnd(65_536, ' ');
    expect((await post(fits, 'application/json')).status).toBe(201);
    const answer = await post(`${fits} `, 'application/json');
    expectProblem(answer, 413, 'The body is larger than 65536 bytes');
  });

  it.each([
    ['a form', 'application/x-www-form-urlencoded', 'title=x'],
    ['text', 'text/plain', '{"title":"x"}'],
    ['XML', 'application/xml', '<x/>'],
    ['nonsense', 'json', '{"title":"x"}'],
  ])('is 415 for %s', async (_what, type, body) => {
    expectProblem(await post(body, type), 415, 'Send the body as application/json');
  });

  it('is 415 for a body without a content type', async () => {
    const answer = await post(new TextEncoder().encode('{"title":"x"}'));
    expectProblem(answer, 415, 'Send the body as application/json');
  });

  it('is no error for JSON with a charset', async () => {
    expect((await post('{"title":"x"}', 'application/json; charset=utf-8')).status).toBe(201);
  });

  it('is 431 for 20 KB of headers, in the same shape', async () => {
    const answer = await rawCall(service.url, 'GET /users/me', [`X-Long: ${'x'.repeat(20_000)}`]);
    expectProblem(answer, 431, 'The headers are too large');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it.each(['GET /%zz', 'GET /users/%', 'GET /tasks/%ff', 'POST /token/%zz'])(
    'is 400 for bad percent-encoding in the path: %s',
    async (line) => {
      const answer = await rawCall(service.url, line);
      expectProblem(answer, 400, 'The path is not valid percent-encoding');
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    },
  );

  it.each(['GET / HTTP/9.9', 'nonsense', 'GET /a b'])(
    'is 400 for what is no HTTP: %s',
    async (line) => {
      expectProblem(await rawCall(service.url, line), 400, 'The request is not valid HTTP');
    },
  );

  it.each([
    '/',
    '/nowhere',
    '/token/x',
    '/users/me/x',
    '/items/secret/x',
    '//users/me',
    '/.well-known',
    '/tasks/1/2',
  ])('is 404 for the unknown path %s', async (path) => {
    expectProblem(await call(`${service.url}${path}`), 404, 'Not Found');
  });

  describe('that is our own fault', () => {
    it.each(['bug', 'no-error', 'query'])(
      'is 500 with the request’s id and nothing of the cause: %s',
      async (path) => {
        const answer = await call(`${service.url}/faults/${path}`);
        expect(answer.status).toBe(500);
        expect(answer.body).toEqual({
          detail: 'Internal server error',
          status: 500,
          title: 'Internal Server Error',
          request_id: answer.headers.get('x-request-id'),
        });
        expect(service.log()).toContain(answer.body.request_id);
      },
    );

    it('is logged with its stack, but without the values of a query', async () => {
      const before = service.log().length;
      await call(`${service.url}/faults/query`);
      const logged = service.log().slice(before);
      expect(logged).toContain('SELECT * FROM nowhere WHERE password = $1');
      expect(logged).not.toContain(CANARY);
      await call(`${service.url}/faults/bug`);
      expect(service.log()).toContain('FaultsController.bug');
    });

    it('is 503 with Retry-After where the database does not answer', async () => {
      const answer = await call(`${service.url}/faults/database-down`);
      expectProblem(answer, 503, 'The database does not answer');
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(answer.headers.get('www-authenticate')).toBeNull();
    });
  });
});
