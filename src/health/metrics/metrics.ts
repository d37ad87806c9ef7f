import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Occurrence, Occurrences, type SignInResult } from '../../platform/occurrences.js';
import { PasswordHasher } from '../../users/password-hasher.js';

/** From what the guard takes to what a password takes on a busy machine. */
const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SIGN_IN_RESULTS: readonly SignInResult[] = ['success', 'refused', 'limited', 'busy'];

/** One answered request. Every field is one of few: what a caller chooses freely must not become a label. */
export interface AnsweredRequest {
  readonly method: string;
  /** the pattern, as /tasks/:id */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** The figures of this process, since it started. */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'hallpass_http_requests_total',
    help: 'Requests that were answered.',
    labelNames: ['method', 'route', 'status'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'hallpass_http_request_duration_seconds',
    help: 'How long an answer took, from the head of the request to the end of the answer.',
    labelNames: ['method', 'route'],
    buckets: BUCKETS_SECONDS,
    registers: [this.registry],
  });
  private readonly signIns = new Counter({
    name: 'hallpass_sign_ins_total',
    help: 'Sign-ins with a password. Of those limited or busy nobody looked at the password.',
    labelNames: ['result'],
    registers: [this.registry],
  });
  private readonly sessionsEnded = new Counter({
    name: 'hallpass_sessions_ended_total',
    help: 'Sessions that this process ended, by why; not those that expired.',
    labelNames: ['reason'],
    registers: [this.registry],
  });

  constructor(occurrences: Occurrences, hasher: PasswordHasher) {
    for (const result of SIGN_IN_RESULTS) this.signIns.inc({ result }, 0); // a rate needs a first value
    occurrences.listen((occurrence) => this.count(occurrence));
    collectDefaultMetrics({ register: this.registry });
    this.registry.registerMetric(hashesOf(hasher));
  }

  answered({ method, route, status, seconds }: AnsweredRequest): void {
    this.requests.inc({ method, route, status });
    this.durations.observe({ method, route }, seconds);
  }

  /** @returns the text format of Prometheus, version 0.0.4 */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  private count(occurrence: Occurrence): void {
    if (occurrence.of === 'sign_in') this.signIns.inc({ result: occurrence.result });
    else this.sessionsEnded.inc({ reason: occurrence.reason }, occurrence.count);
  }
}

/** Asked for when it is read. */
function hashesOf(hasher: PasswordHasher): Gauge {
  return new Gauge({
    name: 'hallpass_password_hashes',
    help: 'Passwords that are being hashed, and that wait for a worker.',
    labelNames: ['state'],
    registers: [],
    collect() {
      const { running, waiting } = hasher.load;
      this.set({ state: 'running' }, running);
      this.set({ state: 'waiting' }, waiting);
    },
  });
}
