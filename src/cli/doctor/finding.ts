/** How one thing is; `skipped` where another fault keeps it from being looked at. */
export type Status = 'ok' | 'warning' | 'fault' | 'skipped';

/** What a check has found. No word of it is a secret. */
export interface Finding {
  readonly status: Status;
  readonly message: string;
  /** how to mend it */
  readonly remedy?: string;
}

export function ok(message: string): Finding {
  return { status: 'ok', message };
}

export function warning(message: string, remedy: string): Finding {
  return { status: 'warning', message, remedy };
}

export function fault(message: string, remedy: string): Finding {
  return { status: 'fault', message, remedy };
}

export function skipped(message: string): Finding {
  return { status: 'skipped', message };
}

/** A finding, and of which check it is. */
export interface Found extends Finding {
  readonly check: string;
}

/** As the findings of one check. */
export function foundBy(check: string, findings: readonly Finding[]): Found[] {
  return findings.map((finding) => ({ check, ...finding }));
}

/** The gravest: 'ok' where all are, or were skipped. */
export function worst(findings: readonly Finding[]): 'ok' | 'warning' | 'fault' {
  const grave = (['fault', 'warning'] as const).find((status) =>
    findings.some((finding) => finding.status === status),
  );
  return grave ?? 'ok';
}
