import type { AddressInfo } from 'node:net';
import { createApp } from './app.setup.js';
import { banner, firstAdminNotice } from './boot/banner.js';
import { loadSettings, readEnvironment } from './platform/settings/load-settings.js';
import { keepFilesFromOthers } from './boot/private-files.js';
import { stopOnSignals } from './boot/stop.js';
import { explain } from './boot/start-failure.js';
import { keepObjectsYoung } from './boot/young-objects.js';
import { FirstAdmin } from './users/first-admin.js';

async function start(): Promise<void> {
  keepFilesFromOthers();
  keepObjectsYoung();
  const settings = loadSettings(readEnvironment());
  const app = await createApp(settings);
  stopOnSignals(app);
  await app.init(); // what can stop the boot does so before there is an administrator
  const report = await app.get(FirstAdmin).ensure(process.stdout.isTTY === true);
  // At once: if the port is taken, this password would never be shown again.
  if (report) console.log(firstAdminNotice(report));
  await app.listen({ host: settings.HOST, port: settings.PORT });
  const { port } = app.getHttpServer().address() as AddressInfo;
  console.log(banner(settings, port));
}

start().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
