// One request and its whole answer, for the load generators.
import { request } from 'node:http';

/** @returns `{ status, headers, text }` */
export function exchange(agent, url, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const sending = request(url, { agent, method, headers }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode, headers: response.headers, text });
      });
    });
    sending.on('error', reject);
    sending.end(body);
  });
}

export function postForm(agent, url, form, headers = {}) {
  const body = new URLSearchParams(form).toString();
  return exchange(agent, url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': Buffer.byteLength(body),
    },
    body,
  });
}
