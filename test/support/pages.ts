import { readdirSync } from 'node:fs';
import { posix } from 'node:path';

const NOT_OURS = new Set(['node_modules', 'dist', 'data', 'coverage', '.git']);

/** Every Markdown file of the repository. */
export function allPages(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_OURS.has(entry.name) ? [] : allPages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}
