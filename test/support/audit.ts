import { getRepositoryToken } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { AuditEntry } from '../../src/platform/audit/audit-entry.entity.js';
import { newId } from '../../src/platform/ids.js';
import type { TestApp } from './app.js';

export function auditRows({ app }: Pick<TestApp, 'app'>): Repository<AuditEntry> {
  return app.get(getRepositoryToken(AuditEntry));
}

/** An entry that nobody made, to be written directly. */
export function auditEntry(changes: Partial<AuditEntry> = {}): AuditEntry {
  return {
    id: newId(),
    at: 1,
    event: 'sign_in',
    result: 'success',
    reason: null,
    actor: 'client:hallpass',
    subject: 'nobody',
    userId: null,
    ip: '203.0.113.7',
    requestId: null,
    ...changes,
  };
}

/** Writes entries in as few statements as both databases take. */
export async function addEntries(
  service: Pick<TestApp, 'app'>,
  entries: readonly AuditEntry[],
): Promise<void> {
  for (let i = 0; i < entries.length; i += 90) {
    await auditRows(service).insert(entries.slice(i, i + 90));
  }
}

/** The order in which the log is read: the newest first, and within a millisecond by id. */
export function newestFirst(entries: readonly AuditEntry[]): AuditEntry[] {
  return entries.toSorted((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
}
