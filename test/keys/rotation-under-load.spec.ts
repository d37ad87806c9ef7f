import { createPublicKey, type JsonWebKey, type KeyObject, verify } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emptyFolder, hallpass, type Server, startServer, testing } from '../cli/processes.js';
import { type ThrowAwayDatabase, throwAwayDatabase } from '../support/database.js';
import { claimsOf, headerOf } from '../support/forge.js';
import { bearer, call, postForm } from '../support/http.js';

/** Twelve in two minutes: ROTATIONS=12 ROTATION_SECONDS=10. */
const ROTATIONS = Number(process.env['ROTATIONS'] ?? 3);
const ROTATION_SECONDS = Number(process.env['ROTATION_SECONDS'] ?? 8);
const CALLERS = 4;
const SIGN_EVERY_MS = 200;
/** Until the new key signs: 4 s, and what a busy machine takes. */
const WAIT = { timeout: 15_000, interval: 50 };
const ACCOUNT = { username: 'alice', password: 'first password' };

describe('Rotation under load', () => {
  let folder: Awaited<ReturnType<typeof emptyFolder>>;
  let database: ThrowAwayDatabase;
  let server: Server;
  let options: { cwd: string; env: Record<string, string> };

  beforeAll(async () => {
    folder = await emptyFolder();
    database = await throwAwayDatabase();
    const env = { KEY_PUBLISH_SECONDS: '2', ACCESS_TOKEN_TTL_SECONDS: '60' };
    options = { cwd: folder.path, env: { ...testing, ...env, DATABASE_URL: database.url } };
    server = await startServer(options);
    const args = ['user', 'create', ACCOUNT.username, '--password-stdin'];
    await hallpass(args, { ...options, input: ACCOUNT.password });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    await folder.remove();
  });

  it(
    `refuses no good token in ${ROTATIONS} rotations, neither here nor where the JWKS is kept as long as it may be`,
    async () => {
      const verifier = new Verifier(`${server.url}/.well-known/jwks.json`);
      const tokens: string[] = [];
      const refused: string[] = [];
      let calls = 0;
      const rotated = new AbortController();

      const trade = async (form: Record<string, string>) => {
        const answer = await postForm(`${server.url}/token`, form);
        expect(answer).toMatchObject({ status: 200 });
        return answer;
      };
      /** Signs by the refresh token: a password would take a worker's time. */
      const sign = async () => {
        let { body } = await trade(ACCOUNT);
        while (!rotated.signal.aborted) {
          tokens.push(body.access_token as string);
          await sleep(SIGN_EVERY_MS);
          const { refresh_token } = body;
          const form = { grant_type: 'refresh_token', refresh_token };
          ({ body } = await trade(form));
        }
      };
      const callWith = async (token: string) => {
        const { status } = await call(`${server.url}/users/me`, { headers: bearer(token) });
        calls += 1;
        if (status !== 200) refused.push(`the server said ${status} to ${story(token)}`);
        const fault = await verifier.faultOf(token);
        if (fault) refused.push(`the verifier: ${fault}, of ${story(token)}`);
      };
      const callOn = async () => {
        while (!rotated.signal.aborted) {
          const good = tokens.filter((token) => secondsLeft(token) > 2);
          const newest = good.at(-1);
          if (newest === undefined) await sleep(10);
          else await callWith(newest);
          const any = good[Math.floor(Math.random() * good.length)];
          if (any !== undefined) await callWith(any);
        }
      };
      const rotate = async () => {
        for (let n = 0; n < ROTATIONS; n++) {
          const next = sleep(ROTATION_SECONDS * 1000);
          const { code, stdout } = await hallpass(['keys', 'rotate'], options);
          expect({ code, stdout }).toMatchObject({
            code: 0,
            stdout: expect.stringContaining('Made the key') as string,
          });
          const kid = stdout.split(/[ ,]/)[3];
          await vi.waitFor(() => expect(kidOf(tokens.at(-1))).toBe(kid), WAIT);
          await next;
        }
      };

      await Promise.all([
        sign(),
        ...Array.from({ length: CALLERS }, callOn),
        rotate().finally(() => rotated.abort()),
      ]);
      expect(refused).toEqual([]);
      expect(new Set(tokens.map(kidOf)).size).toBe(ROTATIONS + 1);
      expect(calls).toBeGreaterThan(ROTATIONS * 50);
    },
    60_000 + ROTATIONS * (ROTATION_SECONDS * 1000 + WAIT.timeout),
  );
});

/** Another service: it asks nothing but the JWKS, and that as seldom as Cache-Control allows. */
class Verifier {
  private keys: Promise<ReadonlyMap<string, KeyObject>> = Promise.resolve(new Map());
  private staleAt = 0;

  constructor(private readonly url: string) {}

  async faultOf(token: string): Promise<string | undefined> {
    const key = (await this.current()).get(kidOf(token));
    if (!key) return 'the kid is not in the JWKS';
    const [header, payload, signature = ''] = token.split('.');
    const good = verify(
      'sha256',
      Buffer.from(`${header}.${payload}`),
      { key, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return good ? undefined : 'the signature is wrong';
  }

  private current(): Promise<ReadonlyMap<string, KeyObject>> {
    if (Date.now() >= this.staleAt) {
      this.staleAt = Infinity; // one at a time
      this.keys = this.fetch();
    }
    return this.keys;
  }

  private async fetch(): Promise<ReadonlyMap<string, KeyObject>> {
    const asked = Date.now(); // an answer's age counts from the request (RFC 9111 §4.2.3)
    const { body, headers } = await call(this.url);
    const maxAge = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '')?.[1];
    this.staleAt = asked + Number(maxAge) * 1000;
    const { keys } = body as { keys: (JsonWebKey & { kid: string })[] };
    return new Map(keys.map((key) => [key.kid, createPublicKey({ key, format: 'jwk' })]));
  }
}

function kidOf(token = ''): string {
  return token && String(headerOf(token)['kid']);
}

function secondsLeft(token: string): number {
  return Number(claimsOf(token)['exp']) - Date.now() / 1000;
}

function story(token: string): string {
  return `a token of ${kidOf(token)} with ${secondsLeft(token).toFixed(1)} s left`;
}
