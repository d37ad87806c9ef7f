import { createApp } from './app.setup.js';
import { banner, firstAdminNotice } from './banner.js';
import { loadSettings, readEnvironment } from './platform/settings/load-settings.js';
import type { Settings } from './platform/settings/settings.js';
import { explain } from './start-failure.js';
import { FirstAdmin } from './users/first-admin.js';

async function start(): Promise<void> {
  const settings = loadSettings(readEnvironment());
  const app = await createApp(settings);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  const report = await app.get(FirstAdmin).ensure(process.stdout.isTTY === true);
  await app.listen({ host: settings.HOST, port: settings.PORT });
  if (report) console.log(firstAdminNotice(report));
  console.log(banner(settings, addressOf(settings)));
}

/** As a person would type it. */
function addressOf({ HOST, PORT }: Settings): string {
  const host = ['127.0.0.1', '0.0.0.0', '::1', '::'].includes(HOST) ? 'localhost' : HOST;
  return `http://${host}:${PORT}`;
}

start().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
