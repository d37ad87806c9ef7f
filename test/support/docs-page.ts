import type { Locator, Page } from 'playwright-core';

/** How an operation looks in Swagger UI; no lock where it needs no token. */
export type Lock = 'open' | 'closed' | 'none';

export interface Executed {
  readonly status: number;
  readonly body: unknown;
}

/** Swagger UI, by what a person does with it. */
export class DocsPage {
  constructor(private readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(url);
    await this.page.locator('.opblock').first().waitFor();
  }

  /** Each operation, as `GET /users/me`, and its lock, in the order of the page. */
  async locks(): Promise<Record<string, Lock>> {
    const operations = await this.page.locator('.opblock').all();
    const named = operations.map(async (one) => [await nameOf(one), await lockOf(one)] as const);
    return Object.fromEntries(await Promise.all(named));
  }

  get dialog(): Locator {
    return this.page.locator('.modal-ux');
  }

  /** The part of the dialog for one way to a token. */
  form(title: string): Locator {
    return this.dialog.getByRole('region', { name: title, exact: true });
  }

  private get passwordFlow(): Locator {
    return this.form('By username and password');
  }

  async openDialog(): Promise<void> {
    await this.page.locator('.auth-wrapper > .btn.authorize').click();
    await this.dialog.waitFor();
  }

  async closeDialog(): Promise<void> {
    await this.dialog.locator('.btn-done').first().click();
    await this.dialog.waitFor({ state: 'detached' });
  }

  /** The scopes that the dialog offers, each with its text. */
  async offeredScopes(): Promise<Record<string, string>> {
    const boxes = await this.passwordFlow.locator('.scopes .checkbox').all();
    const texts = boxes.map((box) =>
      Promise.all([box.locator('.name').innerText(), box.locator('.description').innerText()]),
    );
    return Object.fromEntries(await Promise.all(texts));
  }

  /** Fills the open dialog and sends it; it then shows either that one is signed in, or why not. */
  async signIn(username: string, password: string, scopes: readonly string[] = []): Promise<void> {
    await this.passwordFlow.locator('#oauth_username').fill(username);
    await this.passwordFlow.locator('#oauth_password').fill(password);
    for (const scope of scopes) {
      const name = this.page.locator('.name').getByText(scope, { exact: true });
      await this.passwordFlow.locator('.scopes .checkbox label', { has: name }).click();
    }
    await this.passwordFlow.locator('.auth-btn-wrapper .authorize').click();
  }

  /** Presses Authorize where one signs in in a browser; answers the window that opens. */
  async authorizeInBrowser(): Promise<Page> {
    const opened = this.page.waitForEvent('popup');
    await this.form('In a browser').locator('.auth-btn-wrapper .authorize').click();
    return opened;
  }

  async logOut(): Promise<void> {
    await this.dialog.locator('button', { hasText: 'Logout' }).click();
  }

  /** Unfolds an operation, presses Try it out and Execute, and reads the answer off the page. */
  async execute(method: string, path: string): Promise<Executed> {
    const operation = this.page.locator(`.opblock-${method.toLowerCase()}`, {
      has: this.page.locator(`[data-path="${path}"]`),
    });
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    await operation.locator('.btn.execute').click();
    const answer = operation.locator('.live-responses-table .response');
    const status = await answer.locator('.response-col_status').innerText();
    const body = await answer.locator('.response-col_description pre').first().innerText();
    return { status: Number.parseInt(status, 10), body: JSON.parse(body) as unknown };
  }
}

async function nameOf(operation: Locator): Promise<string> {
  const method = await operation.locator('.opblock-summary-method').innerText();
  const path = await operation.locator('.opblock-summary-path').getAttribute('data-path');
  return `${method} ${path}`;
}

async function lockOf(operation: Locator): Promise<Lock> {
  const lock = operation.locator('.authorization__btn');
  if ((await lock.count()) === 0) return 'none';
  return (await lock.locator('svg.locked').count()) > 0 ? 'closed' : 'open';
}
