import { expect, it } from 'vitest';
import { startApp } from '../support/app.js';
import { launchChromium } from '../support/chromium.js';
import { DocsPage } from '../support/docs-page.js';

const FILE = 'docs/images/docs-authorized.png';

it(`writes ${FILE}: /docs after johndoe has signed in through Authorize`, async () => {
  // What `npm run demo` serves, and the address that it is served at, whatever port is free.
  const service = await startApp({ env: { PUBLIC_URL: 'http://localhost:3000' } });
  const browser = await launchChromium();
  try {
    const viewport = { width: 1100, height: 1400 };
    const page = await browser.newPage({ viewport, deviceScaleFactor: 1.5 });
    const docs = new DocsPage(page);
    await docs.open(`${service.url}/docs`);
    await docs.openDialog();
    await docs.signIn('johndoe', 'secret');
    await docs.dialog.getByText('Authorized', { exact: true }).waitFor();
    await docs.closeDialog();
    expect(await docs.locks()).toMatchObject({ 'GET /users/me': 'closed', 'POST /token': 'none' });
    await page.mouse.move(0, 0); // so that nothing is drawn as hovered
    const last = await page.locator('.opblock', { hasText: '/items/secret' }).boundingBox();
    const height = (last?.y ?? 0) + (last?.height ?? 0) + 16;
    const clip = { x: 0, y: 0, width: viewport.width, height };
    await page.screenshot({ path: FILE, clip, animations: 'disabled' });
  } finally {
    await browser.close();
    await service.close();
  }
});
