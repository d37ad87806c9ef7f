import { Eta } from 'eta';
import { LAYOUT } from './layout.js';
import { type Message, oneLine } from './message.js';

const COLUMNS = 72;
const eta = new Eta();
const layout = eta.compile(LAYOUT);

/** @param host where this service is reached, as the foot of the mail names it */
export function renderHtml(message: Message, host: string): string {
  return eta.render(layout, { ...plain(message), host });
}

/** The same without the looks. The address of the action has a line of its own, however long it is. */
export function renderText(message: Message, host: string): string {
  const { paragraphs, action, closing } = plain(message);
  const parts = [
    'Hallpass',
    ...paragraphs.map(wrap),
    ...(action ? [wrap(`${action.label}:`), action.url] : []),
    ...closing.map(wrap),
    // So begins a signature, which programs that quote a mail leave out. RFC 3676 §4.3.
    ['-- ', wrap(`Sent by Hallpass at ${host}.`)].join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function plain({ subject, paragraphs, action, closing = [] }: Message) {
  return {
    subject: oneLine(subject),
    paragraphs: paragraphs.map(oneLine),
    action: action && { label: oneLine(action.label), url: action.url },
    closing: closing.map(oneLine),
  };
}

/** Breaks between words only: a word that is longer than a line has one of its own. */
function wrap(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (!line) lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
