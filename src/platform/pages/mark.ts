import type { Shades } from './palette.js';

/** The mark of the product: a pass, which is a ticket with a notch on each side, and a tick on it. */
export function markOf({ accent, onAccent }: Shades): string {
  return (
    `<path class="pass" fill="${accent}" d="M4 6h24a2 2 0 0 1 2 2v5a3 3 0 0 0 0 6v5a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2v-5a3 3 0 0 0 0-6V8a2 2 0 0 1 2-2z"/>` +
    `<path class="tick" fill="none" stroke="${onAccent}" stroke-linecap="round" stroke-linejoin="round" stroke-width="3" d="m10.5 16.5 4 4 7.5-8.5"/>`
  );
}

/** As an icon within the page, since a file would need a link that holds at every depth. */
export function iconOf(shades: Shades): string {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${markOf(shades)}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
