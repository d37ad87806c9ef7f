import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Where a Chromium is looked for, in this order. */
export const WHERE = "CHROMIUM_PATH, a chromium or google-chrome on the PATH, or Playwright's own";

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** No sandbox, as CI runs as root; and nothing that would talk to the network by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether the browser tests are skipped: nobody asked for a browser, and none is found. */
export function browserIsLeftOut(): boolean {
  const { REQUIRE_BROWSER, CHROMIUM_PATH } = process.env;
  return REQUIRE_BROWSER !== '1' && !CHROMIUM_PATH && findChromium() === undefined;
}

/**
 * Headless, with a new profile that is deleted when it closes.
 *
 * @throws {Error} where there is none
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(`No Chromium is found: ${WHERE}`);
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

function findChromium(): string | undefined {
  const { CHROMIUM_PATH, PATH = '' } = process.env;
  if (CHROMIUM_PATH && !isProgram(CHROMIUM_PATH)) {
    throw new Error(`CHROMIUM_PATH names no program: ${CHROMIUM_PATH}`);
  }
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  const folders = PATH.split(delimiter).filter(Boolean);
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...onPath, chromium.executablePath()].find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
