import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createApp } from '../app.setup.js';
import { buildDocument } from '../openapi/document.js';
import { MEMORY_DATABASE } from '../platform/settings/database-url.js';
import { loadSettings, readEnvironment } from '../platform/settings/load-settings.js';
import type { Terminal } from './terminal.js';

/** `openapi`: the document of these settings, which a server with DOCS=off does not serve. */
export function addOpenapi(program: Command, { stdout }: Terminal): void {
  program
    .command('openapi')
    .description('print the OpenAPI document, as /openapi.json has it')
    .option('--output <file>', 'write it there, over what is there')
    .addHelpText(
      'after',
      '\nNo server has to run, and no database has to be there.' +
        '\n\nExamples:\n  $ npm run --silent hallpass -- openapi > openapi.json' +
        '\n  $ npm run hallpass -- openapi --output openapi.json',
    )
    .action(async ({ output }: { output?: string }) => {
      const text = `${JSON.stringify(await describeService(), null, 2)}\n`;
      if (output === undefined) {
        stdout.write(text);
        return;
      }
      await writeFile(resolve(output), text);
      stdout.write(`Wrote ${output}\n`);
    });
}

/** The service itself, put together on a database in memory and never started: no key is made, nothing is written. */
async function describeService(): Promise<object> {
  const settings = {
    ...loadSettings(readEnvironment()),
    DATABASE_URL: MEMORY_DATABASE,
    LOG_LEVEL: 'silent',
    DOCS: false, // the pages are of no use here
  } as const;
  const app = await createApp(settings);
  try {
    return buildDocument(app);
  } finally {
    await app.close();
  }
}
