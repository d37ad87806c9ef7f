import bowser from 'bowser';

/** The product that a program names itself by: `curl/8.5.0`, `node`. RFC 9110 §10.1.5. */
const PRODUCT = /^[\w.+-]{1,64}(?=[/ ]|$)/;
/** What every browser says first, and no program is called. */
const ANY_BROWSER = 'Mozilla';

/**
 * What a person calls the device of a User-Agent header: "Firefox on Linux", or the name of a program.
 *
 * @returns null when it says nothing
 */
export function deviceName(userAgent: string | null): string | null {
  if (!userAgent) return null;
  const { browser, os } = bowser.parse(userAgent); // which says '' for what it does not know
  if (browser.name && os.name) return `${browser.name} on ${os.name}`;
  const program = PRODUCT.exec(userAgent)?.[0];
  if (program !== undefined && program !== ANY_BROWSER) return program;
  return browser.name || null;
}
