import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from './support/app.js';
import { asText, DocumentCaller } from './support/document-caller.js';
import { fitting, strange } from './support/fuzz.js';
import type { Answer } from './support/http.js';
import { contentOf, type NamedOperation } from './support/openapi.js';

/** More of them, and others, find more: FUZZ_REQUESTS=100000 FUZZ_SEED=7. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 5000);
/** The same requests each time, so that whoever changes nothing breaks nothing. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 6749);

interface Request {
  /** of the operation */
  readonly name: string;
  readonly body: unknown;
  readonly query: string;
  /** in place of the id of something that is there */
  readonly id: string | undefined;
  /** in place of an administrator's token */
  readonly authorization: string | undefined;
}

/** What can be asked for only with what a mail or another client holds. */
const OUT_OF_REACH = [
  'POST /email-verification/confirm',
  'POST /introspect',
  'POST /password-reset/confirm',
];

describe('requests made from /openapi.json', () => {
  let service: TestApp;
  let caller: DocumentCaller;

  beforeAll(async () => {
    service = await startApp({ env: { REGISTRATION: 'open', LOG_LEVEL: 'silent' } });
    caller = await DocumentCaller.of(service);
  });
  afterAll(() => service.close());

  it(`are answered as it says, ${REQUESTS} of them, and none with 5xx`, async () => {
    const statuses = new Map<string, Set<number>>();
    const each = fc.asyncProperty(requestsTo(caller), async (request) => {
      const one = caller.operations.find(({ name }) => name === request.name) as NamedOperation;
      await caller.stayAlive();
      const answer = await send(one, request);
      statuses.set(one.name, (statuses.get(one.name) ?? new Set()).add(answer.status));
      expectDocumented(one, answer);
    });
    await fc.assert(each, { numRuns: REQUESTS, seed: SEED, endOnFailure: true });
    const succeeded = ({ name }: NamedOperation) =>
      [...(statuses.get(name) ?? [])].some((one) => one < 400);
    const never = caller.operations.filter((one) => !succeeded(one)).map(({ name }) => name);
    expect(never.toSorted()).toEqual(OUT_OF_REACH);
  }, 600_000);

  async function send(
    one: NamedOperation,
    { body, query, id, authorization }: Request,
  ): Promise<Answer> {
    const path =
      id === undefined
        ? await caller.fill(one.path)
        : one.path.replace(/\{\w+\}/, encodeURIComponent(id));
    const headers = authorization === undefined ? caller.headers : { authorization };
    return caller.send(one, body, path + query, headers);
  }

  function expectDocumented({ name, operation }: NamedOperation, answer: Answer): void {
    const { status, text, body } = answer;
    if (status >= 500) expect.fail(`${name}: ${status} ${text}`);
    const documented = operation.responses[String(status)];
    if (!documented) expect.fail(`${name}: ${status} is not documented: ${text}`);
    const content = contentOf(documented.content);
    const faults = content ? caller.schemas.faults(body, content.schema) : [text].filter(Boolean);
    expect(faults, `${name}: ${text}`).toEqual([]);
  }
});

function requestsTo(caller: DocumentCaller): fc.Arbitrary<Request> {
  return fc.oneof(
    ...caller.operations.map((one) =>
      fc.record({
        name: fc.constant(one.name),
        body: bodiesOf(one, caller),
        query: queriesOf(one, caller),
        id: fc.oneof(
          { arbitrary: fc.constant(undefined), weight: 4 },
          fc.uuid(),
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }),
        ),
        authorization: fc.oneof({ arbitrary: fc.constant(undefined), weight: 9 }, HEADERS),
      }),
    ),
  );
}

const HEADERS = fc.oneof(
  fc.constantFrom('', 'Bearer', 'Bearer  ', 'Bearer a b', 'Basic Og==', 'Basic ****', 'Basic YTpi'),
  fc.string({ unit: 'binary-ascii' }).map((text) => `Bearer ${text.replace(/[^ -~]/g, '.')}`),
);

function bodiesOf(one: NamedOperation, caller: DocumentCaller): fc.Arbitrary<unknown> {
  const content = contentOf(one.operation.requestBody?.content);
  if (!content) return fc.constant(undefined);
  const { schemas } = caller;
  const sample = caller.sampleOf(one) as Record<string, unknown>;
  const nearly = fc
    .tuple(fc.constantFrom(...Object.keys(sample)), fitting(content.schema, schemas))
    .map(([name, other]) => ({ ...sample, [name]: (other as typeof sample)[name] }));
  return fc.oneof(nearly, fitting(content.schema, schemas), strange(content.schema, schemas));
}

function queriesOf(
  { operation }: NamedOperation,
  { schemas }: DocumentCaller,
): fc.Arbitrary<string> {
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'query');
  const values = parameters.map(({ name, schema }) => {
    const value = fc.oneof(fitting(schema, schemas), strange(schema, schemas));
    return fc.option(
      value.map((one) => [name, inUrl(one)]),
      { nil: undefined, freq: 2 },
    );
  });
  return fc.tuple(...values).map((pairs) => {
    const sent = pairs.filter((pair) => pair !== undefined);
    return sent.length === 0 ? '' : `?${new URLSearchParams(sent as [string, string][])}`;
  });
}

/** As long as Node’s own limit on the first line and the headers leaves room for, with several of them. */
function inUrl(value: unknown): string {
  return asText(value).slice(0, 200).toWellFormed();
}
