import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, paletteOf } from '../../../src/platform/pages/palette.js';
import { styleOf } from '../../../src/platform/pages/style.js';

const anyColor = fc
  .integer({ min: 0, max: 0xffffff })
  .map((number) => `#${number.toString(16).padStart(6, '0')}`);

/** What a variable of the style is in the light, and in the dark. */
function variable(name: string, color?: string): string[] {
  const found = styleOf(paletteOf(color)).matchAll(new RegExp(`--${name}: (#[\\da-f]{3,6});`, 'g'));
  return [...found].map(([, value = '']) =>
    value.length === 4 ? value.replace(/[\da-f]/g, '$&$&') : value,
  );
}

function expectReadable(color?: string): void {
  const of = (name: string) => variable(name, color);
  for (const mode of [0, 1]) {
    const [accent, onAccent, edge, link, page, card] = [
      'accent',
      'on-accent',
      'edge',
      'link',
      'page',
      'card',
    ].map((name) => of(name)[mode] ?? '') as [string, string, string, string, string, string];
    expect(contrast(onAccent, accent)).toBeGreaterThanOrEqual(4.5);
    for (const ground of [page, card]) {
      expect(contrast(link, ground)).toBeGreaterThanOrEqual(4.5);
      expect(contrast(edge, ground)).toBeGreaterThanOrEqual(color ? 3 : 2.9);
    }
  }
}

describe('the colours of a brand', () => {
  it('have the contrasts that WCAG gives as examples', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21);
    expect(contrast('#ffffff', '#777777')).toBeCloseTo(4.48, 2);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it('are readable, whichever colour is set (WCAG 2.2, 1.4.3 and 1.4.11)', () => {
    fc.assert(fc.property(anyColor, (color) => expectReadable(color)));
    for (const color of ['#000000', '#ffffff', '#767676', '#ffff00', '#1e212b', '#f3f4f8']) {
      expectReadable(color);
    }
    expectReadable();
  });

  it('are the very one that was set where it is readable', () => {
    expect(variable('accent', '#0f766e')).toEqual(['#0f766e', '#0f766e']);
    expect(variable('link', '#0f766e')[0]).toBe('#0f766e');
    expect(variable('on-accent', '#0f766e')).toEqual(['#ffffff', '#ffffff']);
    expect(variable('on-accent', '#facc15')).toEqual(['#000000', '#000000']);
  });
});
