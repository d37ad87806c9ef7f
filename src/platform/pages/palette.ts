/** The colours that a brand decides, each as #rrggbb. */
export interface Shades {
  /** of buttons and of the mark */
  readonly accent: string;
  /** of the text on it */
  readonly onAccent: string;
  /** around it, so that a button is seen on a card of nearly its colour */
  readonly edge: string;
  readonly link: string;
}

export interface Palette {
  readonly light: Shades;
  readonly dark: Shades;
}

/** What a scheme gives: its card and its page, and the colour that is read best on both. */
interface Ground {
  readonly behind: readonly string[];
  readonly extreme: string;
}

/** As in the style. A link stands on the card, the mark on the page. */
const LIGHT: Ground = { behind: ['#ffffff', '#f3f4f8'], extreme: '#000000' };
const DARK: Ground = { behind: ['#1e212b', '#14161d'], extreme: '#ffffff' };

/** WCAG 2.2, 1.4.3 and 1.4.11. */
const TEXT_CONTRAST = 4.5;
const SHAPE_CONTRAST = 3;

const HALLPASS: Palette = {
  light: { accent: '#3a48a8', onAccent: '#ffffff', edge: '#3a48a8', link: '#3a48a8' },
  dark: { accent: '#5866c9', onAccent: '#ffffff', edge: '#5866c9', link: '#a9b4ff' },
};

/** What becomes of a brand's colour: readable, whichever it is. */
export function paletteOf(color: string | undefined): Palette {
  if (color === undefined) return HALLPASS;
  return { light: shadesOf(color, LIGHT), dark: shadesOf(color, DARK) };
}

function shadesOf(accent: string, { behind, extreme }: Ground): Shades {
  const reaches = (color: string, least: number) =>
    behind.every((ground) => contrast(color, ground) >= least);
  const link = steps(accent, extreme).find((color) => reaches(color, TEXT_CONTRAST)) ?? extreme;
  return {
    accent,
    // One of the two always has more than 4.5 to 1: their contrasts multiply to 21.
    onAccent: contrast(accent, '#ffffff') >= TEXT_CONTRAST ? '#ffffff' : '#000000',
    edge: reaches(accent, SHAPE_CONTRAST) ? accent : link,
    link,
  };
}

/** From one colour to the other. */
function steps(from: string, to: string): string[] {
  const [start, end] = [channelsOf(from), channelsOf(to)];
  return Array.from({ length: 21 }, (_, step) => {
    const mixed = start.map((channel, n) => channel + (((end[n] ?? 0) - channel) * step) / 20);
    return `#${mixed.map((one) => Math.round(one).toString(16).padStart(2, '0')).join('')}`;
  });
}

/** As WCAG 2.2 defines it, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = channelsOf(color).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channelsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
