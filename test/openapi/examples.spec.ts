import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  VERIFICATION_TOKEN_EXAMPLE,
  RESET_TOKEN_EXAMPLE,
} from '../../src/accounts/account-body.dto.js';
import { INVITED_EXAMPLE } from '../../src/admin/user-body.dto.js';
import { hashClientSecret } from '../../src/clients/client-secret.js';
import {
  APPLICATION_EXAMPLE,
  CODE_EXAMPLE,
  MACHINE_EXAMPLE,
  REFRESH_TOKEN_EXAMPLE,
} from '../../src/oauth/token-examples.js';
import { AccountLink, type LinkPurpose } from '../../src/users/account-link.entity.js';
import { User } from '../../src/users/user.entity.js';
import { hashLinkToken } from '../../src/users/link-token.js';
import { startApp, type TestApp } from '../support/app.js';
import { addClient } from '../support/clients.js';
import { addApplication, issueCode } from '../support/codes.js';
import { DocumentCaller } from '../support/document-caller.js';
import { postForm } from '../support/http.js';
import { contentOf, examplesOf, successOf } from '../support/openapi.js';
import { somebody } from '../support/people.js';

describe('the examples in the document', () => {
  let service: TestApp;
  let caller: DocumentCaller;

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open' } });
    caller = await DocumentCaller.of(service);
    const { client_id: id, client_secret: secret } = MACHINE_EXAMPLE;
    await addClient(service, { id, secretHashes: [hashClientSecret(secret)] });
    await addApplication(service, { id: APPLICATION_EXAMPLE.client_id });
    await addLink(RESET_TOKEN_EXAMPLE, 'password_reset');
    await addLink(VERIFICATION_TOKEN_EXAMPLE, 'email_verification');
  });
  /** Two cannot have one name. */
  beforeEach(async () => {
    const users: Repository<User> = service.app.get(getRepositoryToken(User));
    await users.delete({ username: INVITED_EXAMPLE });
  });
  afterAll(() => service.close());

  it('work: every operation, sent its own example, answers as documented and holds nothing more', async () => {
    for (const one of caller.operations) {
      await caller.becomeSomebody();
      const [status, documented] = successOf(one.operation);
      const answer = await caller.send(one, await withGoodTokens(caller.sampleOf(one)));
      expect(answer.status, `${one.name}: ${answer.text}`).toBe(status);
      const content = contentOf(documented.content);
      const faults = content ? caller.schemas.faults(answer.body, content.schema) : [answer.text];
      expect(faults, one.name).toEqual(content ? [] : ['']);
    }
  });

  it('of a body, where they have names, work each', async () => {
    const named = caller.operations.flatMap((one) =>
      Object.values(examplesOf(contentOf(one.operation.requestBody?.content))).map(
        (example) => [one, example as Record<string, unknown>] as const,
      ),
    );
    expect(named.length).toBeGreaterThan(0);
    for (const [one, example] of named) {
      await caller.becomeSomebody();
      const answer = await caller.send(one, await withGoodTokens(example));
      expect(answer.status, `${one.name}: ${answer.text}`).toBe(successOf(one.operation)[0]);
    }
  });

  async function addLink(example: string, purpose: LinkPurpose): Promise<void> {
    const emailVerified = purpose === 'password_reset';
    const { id, email, authEpoch } = await somebody(service, { emailVerified });
    const links: Repository<AccountLink> = service.app.get(getRepositoryToken(AccountLink));
    await links.insert({
      tokenHash: hashLinkToken(example),
      userId: id,
      purpose,
      email: email as string,
      authEpoch,
      expiresAt: service.clock.now() + 3600,
    });
  }

  async function goodCode(): Promise<string> {
    const user = await somebody(service);
    const { client_id: id, redirect_uri: redirectUri } = APPLICATION_EXAMPLE;
    return issueCode(service, { user, client: { id, epoch: 0 }, redirectUri });
  }

  /** The docs show none that is good, so one takes its place. */
  async function withGoodTokens(sample: Readonly<Record<string, unknown>> | undefined) {
    if (sample?.['code'] === CODE_EXAMPLE) return { ...sample, code: await goodCode() };
    if (!sample || !Object.values(sample).includes(REFRESH_TOKEN_EXAMPLE)) return sample;
    const right = { username: 'johndoe', password: 'secret' };
    const { refresh_token } = (await postForm(`${service.url}/token`, right)).body;
    const entries = Object.entries(sample).map(([name, value]) => [
      name,
      value === REFRESH_TOKEN_EXAMPLE ? refresh_token : value,
    ]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
});
