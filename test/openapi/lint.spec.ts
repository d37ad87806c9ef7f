import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../support/app.js';
import { call } from '../support/http.js';

/** They answer 200 or 503 and nothing else, whoever asks. */
const PROBES = ['/health/live', '/health/ready'];

describe('/openapi.json', () => {
  let service: TestApp;

  beforeAll(async () => {
    service = await startApp();
  });
  afterAll(() => service.close());

  it.each(['spec', 'recommended', 'recommended-strict'])(
    'passes Redocly’s %s rules',
    async (rules) => {
      const { text } = await call(`${service.url}/openapi.json`);
      expect(await faultsOf(text, rules)).toEqual([]);
    },
  );

  it('would not with a fault in it', async () => {
    const { body } = await call(`${service.url}/openapi.json`);
    delete body.paths['/token'].post.responses;
    expect(await faultsOf(JSON.stringify(body), 'recommended')).not.toEqual([]);
  });
});

async function faultsOf(source: string, rules: string): Promise<string[]> {
  const config = await createConfig({ extends: [rules] });
  const problems = await lintFromString({ source, config });
  return problems
    .map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer}`)
    .filter((problem) => !ofProbes.includes(problem));
}

const ofProbes = PROBES.map(
  (path) => `operation-4xx-response #/paths/${path.replaceAll('/', '~1')}/get/responses`,
);
