import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientEpochs } from '../../src/clients/client-epochs.js';
import { Clients } from '../../src/clients/clients.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { bearer, call } from '../support/http.js';
import { askToken } from '../support/oauth.js';
import { INVALID_REFRESH_TOKEN, openSession, refresh, statusOf } from '../support/refresh.js';

describe('raising the epoch of every client', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it('ends at once what machines and people were given, and nothing that comes after', async () => {
    const { id, credentials } = await addClient(service, { epoch: 7 });
    const asMachine = async () => {
      const fields = { grant_type: 'client_credentials', username: undefined, password: undefined };
      return (await askToken(service.url, fields, credentials)).body.access_token as string;
    };
    /** 403 is for a machine that is known, on a route for people. */
    const machineStatus = async (token: string) =>
      (await call(`${service.url}/users/me`, { headers: bearer(token) })).status;
    const machine = await asMachine();
    const person = await openSession(service);
    expect(await machineStatus(machine)).toBe(403);
    expect(await statusOf(service, person.access)).toBe(200);

    await service.app.get(ClientEpochs).endAll();
    expect(await machineStatus(machine)).toBe(401);
    expect(await statusOf(service, person.access)).toBe(401);
    expect(await refresh(service, person.refresh)).toMatchObject(INVALID_REFRESH_TOKEN);
    const clients = service.app.get(Clients);
    const epochs = async () => [
      (await clients.find(id))?.epoch ?? 0,
      (await clients.find('hallpass'))?.epoch ?? 0,
    ];
    const [ours = 0, builtIn = 0] = await epochs();
    expect(ours).toBe(builtIn);

    expect(await machineStatus(await asMachine())).toBe(403);
    expect(await statusOf(service, (await openSession(service)).access)).toBe(200);

    await service.app.get(ClientEpochs).endAll(); // twice in one second
    for (const epoch of await epochs()) expect(epoch).toBeGreaterThan(ours);
  });

  it('goes past every epoch that a client may have had in a database that is lost', async () => {
    const { id } = await addClient(service, { epoch: 7 });
    await service.app.get(ClientEpochs).endAll();
    expect((await service.app.get(Clients).find(id))?.epoch).toBeGreaterThan(1_000_000);
  });
});
