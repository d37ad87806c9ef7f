import { messagePage } from './message-page.js';
import type { Page } from './page.js';

interface Failure {
  readonly status: number;
  /** in words that anybody may read */
  readonly detail: string;
  readonly requestId: string;
}

const TRY_LATER = 'Please try again in a moment.';

/** What a person sees where a program gets a problem. */
export function errorPage({ status, detail, requestId }: Failure): Page {
  return messagePage({
    title: titleOf(status),
    paragraphs: [`${detail}.`, ...(status >= 500 ? [TRY_LATER] : [])],
    requestId,
  });
}

function titleOf(status: number): string {
  if (status === 429) return 'Too many attempts';
  if (status === 503) return 'Not available at the moment';
  return status >= 500 ? 'Something went wrong' : 'This did not work';
}
