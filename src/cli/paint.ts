import { styleText } from 'node:util';
import type { Output } from './terminal.js';

/** What a command says with a colour. */
export type Colour = 'green' | 'yellow' | 'red' | 'dim';

/** Coloured where a person looks at it, and not where NO_COLOR is set; as it is in a file or a pipe. */
export function paint(colour: Colour, text: string, stream: Output): string {
  return stream.isTTY ? styleText(colour, text, { stream }) : text;
}
