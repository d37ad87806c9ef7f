import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../support/app.js';
import { bearer, call, postForm, sendJson, signIn } from '../../support/http.js';
import { basic } from '../../support/oauth.js';
import { rawToken } from '../../support/raw.js';

interface Line {
  msg: string;
  [name: string]: unknown;
}

describe('the request log', () => {
  let service: TestApp;

  const requests = () =>
    service
      .log()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
      .filter(({ msg }) => msg === 'request');
  const lineOf = async (id: string | null) => {
    await expect.poll(() => requests().some((line) => line['request_id'] === id)).toBe(true);
    return requests().find((line) => line['request_id'] === id) as Line;
  };

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('has one line for each answer: id, method, path, status, time, address, and nothing else', async () => {
    const answer = await call(`${service.url}/users/me?x=1`);
    const line = await lineOf(answer.headers.get('x-request-id'));
    expect(line).toMatchObject({ method: 'GET', path: '/users/me', status: 401, ip: '127.0.0.1' });
    expect(Object.keys(line).toSorted()).toEqual(
      ['ip', 'level', 'method', 'ms', 'msg', 'path', 'request_id', 'status', 'time'].toSorted(),
    );
  });

  it('has no fragment of the target, which is not sent by anyone honest, and takes no credentials from it', async () => {
    const form = 'username=johndoe&password=secret';
    const answer = await rawToken(service.url, '', [], `/token#${form}`);
    expect(answer.status).toBe(400);
    await lineOf(answer.headers['x-request-id'] ?? null);
    expect(service.log()).not.toContain('password=secret');
  });

  it('has no query string, header, body, password or token, whatever happens', async () => {
    const { url } = service;
    const token = await signIn(url);
    const secret = 'canary-value';
    await call(`${url}/users/me?access_token=${secret}`, { headers: { cookie: `a=${secret}` } });
    await call(`${url}/token?password=${secret}`, { method: 'POST' });
    await postForm(`${url}/token`, { username: secret, password: secret });
    await postForm(`${url}/token`, { username: 'johndoe', password: secret, scope: `"${secret}` });
    await postForm(`${url}/token`, `username=johndoe&password=${secret}&x=%zz`);
    await postForm(`${url}/token`, { username: 'a', password: secret }, basic(`x:${secret}`));
    await postForm(`${url}/token`, { username: 'johndoe', password: secret.repeat(200) });
    await call(`${url}/users/me`, { headers: { authorization: `Bearer ${secret}` } });
    await call(`${url}/users/me`, { headers: { authorization: `Basic ${secret}` } });
    await call(`${url}/users/me`, { headers: { 'user-agent': secret, 'x-forwarded-for': secret } });
    await sendJson(`${url}/tasks`, 'POST', { title: secret }, token);
    await sendJson(`${url}/tasks`, 'POST', { title: 'x', [secret]: secret }, token);
    const last = await call(`${url}/tasks?${secret}=1`, { headers: bearer(token) });
    await lineOf(last.headers.get('x-request-id'));

    expect(service.log()).not.toContain('canary');
    expect(service.log()).not.toContain(token);
    expect(service.log()).not.toContain(token.split('.')[2]);
    expect(service.log()).not.toContain('secret2');
  });

  it('keeps the path as it was sent, so that a line cannot be forged', async () => {
    const answer = await call(`${service.url}/a%0A%22forged%22`);
    const line = await lineOf(answer.headers.get('x-request-id'));
    expect(line['path']).toBe('/a%0A%22forged%22');
  });
});
