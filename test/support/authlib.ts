import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Debian's own, for which Debian has Authlib; a `python3` on the PATH may be another. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = 'test/independent/relying-party.py';

/** What an application is registered with, in the words of the script. */
export interface Registration {
  readonly issuer: string;
  readonly client_id: string;
  /** null for a public client */
  readonly client_secret: string | null;
  readonly redirect_uri: string;
  readonly scope: string;
  readonly id_token_alg: string;
}

/** Whether its tests are skipped, which is said: nobody asked for it, and it is not there. */
export function authlibIsLeftOut(): boolean {
  if (process.env['REQUIRE_AUTHLIB'] === '1') return false;
  const { status } = spawnSync(PYTHON, ['-c', 'import authlib, requests']);
  if (status === 0) return false;
  process.stderr.write(
    `The tests with Authlib are skipped, ${PYTHON} has no authlib and requests\n`,
  );
  return true;
}

/**
 * Runs the application.
 *
 * @param browse takes a browser where the application asks, and says where it was sent back to
 * @returns what the script writes at the end
 */
export async function runAuthlib(
  registration: Registration,
  browse: (url: string) => Promise<string>,
): Promise<unknown> {
  const child = spawn(PYTHON, [SCRIPT], { env: {} }); // nor what this process has for a proxy
  const ended = new Promise((resolve) => child.on('close', resolve));
  let faults = '';
  child.on('error', ({ message }) => (faults += message));
  child.stderr.on('data', (chunk: Buffer) => (faults += chunk.toString()));
  child.stdin.on('error', () => undefined); // a script that has failed reads no more
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const send = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`);
  const receive = async (): Promise<unknown> => {
    const { done, value } = await lines.next();
    if (done) throw new Error(`${SCRIPT} says no more: ${faults}`);
    return JSON.parse(value) as unknown;
  };
  try {
    send(registration);
    const { url } = (await receive()) as { url: string };
    send({ url: await browse(url) });
    return await receive();
  } finally {
    child.kill();
    await ended;
  }
}
