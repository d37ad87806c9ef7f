import { Visitor } from './visitor.js';

interface Person {
  readonly username: string;
  readonly password: string;
}

const ALICE: Person = { username: 'alice', password: 'secret2' };

/**
 * Somebody signs in for an application and allows what it asks for, in a browser of their own.
 *
 * @param asked the URL that the application opens
 * @returns where the browser is sent at the end
 */
export async function approve(asked: string, person = ALICE): Promise<string> {
  const visitor = new Visitor(new URL(asked).origin);
  const signInPage = await visitor.follow(await visitor.get(asked));
  const consentPage = await visitor.follow(await visitor.submit(signInPage, { ...person }));
  const { headers, text } = await visitor.submit(consentPage, { decision: 'approve' });
  const location = headers.get('location');
  if (location === null) throw new Error(`this leads nowhere: ${text}`);
  return location;
}
