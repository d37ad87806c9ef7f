/** One figure: its name, what it is of, and how much. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const COMMENT = /^# (HELP|TYPE) (\S+) (.+)$/;
const SAMPLE = /^([^\s{]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?inf|nan)$/i;
const TYPES = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
/** What a family of several figures adds to its name. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads the text format of Prometheus, version 0.0.4, as strictly as its specification has it.
 *
 * @throws {Error} naming the line that is wrong
 */
export function readMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  const done = new Set<string>();
  let family = '';
  for (const line of text.split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      const [, keyword, name = '', rest = ''] = COMMENT.exec(line) ?? fail(line, 'no comment');
      if (!NAME.test(name)) fail(line, 'no name');
      if (name !== family) {
        if (done.has(name)) fail(line, 'a family in two places');
        done.add((family = name));
      }
      if (keyword === 'HELP') continue;
      if (!TYPES.includes(rest)) fail(line, 'no type');
      if (types.has(name)) fail(line, 'a second type');
      types.set(name, rest);
      continue;
    }
    const sample = sampleIn(line);
    const type = types.get(family) ?? fail(line, 'a figure before its type');
    if (!(PARTS[type] ?? ['']).some((part) => sample.name === family + part)) {
      fail(line, `no figure of ${family}`);
    }
    if (type === 'counter' && !(sample.value >= 0)) fail(line, 'a counter below 0');
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
    if (seen.has(key)) fail(line, 'the same figure twice');
    seen.add(key);
    samples.push(sample);
  }
  for (const [name, type] of types) if (type === 'histogram') checkHistogram(name, samples);
  return samples;
}

function sampleIn(line: string): Sample {
  const [, name = '', labels, value = ''] = SAMPLE.exec(line) ?? fail(line, 'no figure');
  if (!NAME.test(name)) fail(line, 'no name');
  if (!NUMBER.test(value)) fail(line, 'no number');
  const number = value.replace(/inf/i, 'Infinity').replace(/^nan$/i, 'NaN');
  return { name, labels: labelsIn(labels ?? '', line), value: Number(number) };
}

function labelsIn(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const [, name = '', value = ''] = LABEL.exec(text) ?? fail(line, 'no label');
    if (name in labels) fail(line, 'a label twice');
    labels[name] = value.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}

/** The buckets of each series grow, and the last one holds all of it. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const keyOf = ({ labels }: Sample) => JSON.stringify({ ...labels, le: undefined });
  for (const count of samples.filter((sample) => sample.name === `${name}_count`)) {
    const buckets = samples
      .filter((one) => one.name === `${name}_bucket` && keyOf(one) === keyOf(count))
      .map(({ labels, value }) => [Number((labels['le'] ?? '').replace('+Inf', 'Infinity')), value])
      .toSorted(([a = 0], [b = 0]) => (a < b ? -1 : 1));
    const values = buckets.map(([, value = Number.NaN]) => value);
    const last = buckets.at(-1);
    if (last?.[0] !== Infinity || last[1] !== count.value) fail(name, 'no bucket that holds all');
    if (values.some((value, n) => n > 0 && value < (values[n - 1] ?? 0))) {
      fail(name, 'buckets that shrink');
    }
  }
}

function fail(line: string, what: string): never {
  throw new Error(`${what}: ${line}`);
}
