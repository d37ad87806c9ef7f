import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withoutRemoteLogo } from './openapi/redoc-bundle.js';

/**
 * Puts into dist/pages what /docs and /redoc are made of, besides swagger-ui-dist. Redoc is a dev
 * dependency, as it brings many packages: what is served is a copy of its bundle.
 */
const OWN = 'src/openapi/pages';
const BUILT = 'dist/pages';
const REDOC = 'node_modules/redoc';
const BUNDLE = 'redoc.standalone.js';

mkdirSync(BUILT, { recursive: true });
for (const name of readdirSync(OWN)) write(name, readFileSync(join(OWN, name), 'utf8'));

const bundle = readFileSync(join(REDOC, 'bundles', BUNDLE), 'utf8');
write(BUNDLE, withoutRemoteLogo(bundle));

const ownLicense = readFileSync(join(REDOC, 'LICENSE'), 'utf8');
const licenses = readFileSync(join(REDOC, 'bundles', `${BUNDLE}.LICENSE.txt`), 'utf8');
write(`${BUNDLE}.LICENSE.txt`, `${ownLicense}\n${licenses}`);

/** Leaves alone what is up to date: browsers know a file by its date. */
function write(name: string, content: string): void {
  const path = join(BUILT, name);
  if (existsSync(path) && readFileSync(path, 'utf8') === content) return;
  writeFileSync(path, content);
}
