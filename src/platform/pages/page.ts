import type { Language } from './languages.js';

/** A page for people, which the layout is put around. */
export interface Page {
  /** of the window; the brand's name comes after it */
  readonly title: string;
  /** for eta: `<%= it.name %>` puts in, escaped, what `data` has by that name */
  readonly template: string;
  readonly data: object;
  /** that it is written in, English unless named */
  readonly language?: Language;
}
