import type { Logo } from '../settings/brand-readers.js';
import type { Settings } from '../settings/settings.js';
import { iconOf, markOf } from './mark.js';
import type { Palette } from './palette.js';

/** Whose pages they are, for the layout. */
export interface Brand {
  readonly name: string;
  readonly logo: Logo | undefined;
  /** where there is no logo; the style gives it the colours of the dark */
  readonly mark: string;
  /** a data: URI */
  readonly icon: string;
}

export function brandOf({ BRAND_NAME, BRAND_LOGO }: Settings, { light }: Palette): Brand {
  return {
    name: BRAND_NAME,
    logo: BRAND_LOGO,
    mark: markOf(light),
    icon: BRAND_LOGO?.source ?? iconOf(light),
  };
}
