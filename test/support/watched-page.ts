import type { Browser, Page } from 'playwright-core';

export interface WatchedPage {
  readonly page: Page;
  /** what a healthy page has none of: console errors, page errors, requests elsewhere, CSP violations */
  readonly complaints: readonly string[];
}

/** A page in a profile of its own, which may talk to one origin only. */
export async function openWatchedPage(browser: Browser, origin: string): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(8000); // below the test's, so that a failure names what was waited for
  const page = await context.newPage();
  const complaints: string[] = [];
  context.on('request', (request) => {
    if (isElsewhere(request.url(), origin)) complaints.push(`request elsewhere: ${request.url()}`);
  });
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    complaints.push(`console: ${message.text()} @ ${message.location().url}`);
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.message}`));
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`CSP: ${text}`));
  await page.addInitScript(REPORT_VIOLATIONS);
  return { page, complaints };
}

/** The line that Chromium itself logs for each answer of 400 or more, whatever the page does with it. */
export function networkLine(status: number, reason: string, url: string): string {
  const text = `Failed to load resource: the server responded with a status of ${status} (${reason})`;
  return `console: ${text} @ ${url}`;
}

function isElsewhere(url: string, origin: string): boolean {
  return new URL(url).origin !== new URL(origin).origin && !url.startsWith('data:');
}

/** Text, as the tests are not compiled against the DOM. */
const REPORT_VIOLATIONS = `document.addEventListener('securitypolicyviolation', (event) =>
  reportViolation(event.violatedDirective + ' ' + event.blockedURI));`;
