import { expect } from 'vitest';
import type { Answer } from './http.js';

/** Fails the test unless the answer is a page with this title, as a person would be shown it. */
export function expectPage({ status, headers, text }: Answer, wanted: number, title: string): void {
  expect(status, text).toBe(wanted);
  expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(text).toContain(`<h1>${title}</h1>`);
}

/** The attributes of the one tag that begins so, by name; '' for one without a value. */
export function attributesOf(html: string, beginning: string): Readonly<Record<string, string>> {
  const tags = [...html.matchAll(/<[a-z][^>]*>/g)].map(([tag]) => tag);
  const found = tags.filter((tag) => tag.startsWith(beginning));
  expect(found, beginning).toHaveLength(1);
  const pairs = [...(found[0] ?? '').matchAll(/\s([\w-]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value]));
}
