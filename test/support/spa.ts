import { spawn } from 'node:child_process';
import type { Locator, Page, Request } from 'playwright-core';
import { Child, type Environment } from '../cli/processes.js';

/** What the example asks for. */
export const SPA_SCOPES = ['openid', 'profile', 'email', 'tasks:read', 'tasks:write'];

/** Starts the example's own server, as its README says, and waits until it listens. */
export async function serveSpa(port: number, env: Environment): Promise<Child> {
  const place = { env: { PATH: process.env['PATH'] ?? '', ...env } };
  const child = spawn(process.execPath, ['examples/spa/server.mjs', String(port)], place);
  const server = new Child(child);
  await server.says('Open ');
  return server;
}

/** The example, and the server's pages that it leads to, by what a person does with them. */
export class SpaPage {
  /** every form that was sent to the token endpoint, in order */
  readonly sent: URLSearchParams[] = [];

  constructor(
    readonly page: Page,
    private readonly issuer: string,
  ) {
    page.on('request', (request) => this.note(request));
  }

  get signIn(): Locator {
    return this.page.getByRole('button', { name: 'Sign in' });
  }

  get signOut(): Locator {
    return this.page.getByRole('button', { name: 'Sign out' });
  }

  get trouble(): Locator {
    return this.page.getByRole('alert');
  }

  get tasks(): Locator {
    return this.page.getByRole('list').getByRole('listitem');
  }

  async typePassword(username: string, password: string): Promise<void> {
    await this.page.waitForURL(`${this.issuer}/sign-in?**`);
    await this.page.locator('[name=username]').fill(username);
    await this.page.locator('[name=password]').fill(password);
    await this.page.locator('[name=password]').press('Enter');
  }

  async decide(decision: 'approve' | 'deny'): Promise<void> {
    await this.page.waitForURL(`${this.issuer}/consent?**`);
    await this.page.locator(`[name=decision][value=${decision}]`).click();
  }

  async addTask(title: string): Promise<void> {
    await this.page.getByLabel('A new task').fill(title);
    await this.page.getByRole('button', { name: 'Add' }).click();
    await this.tasks.getByText(title, { exact: true }).waitFor();
  }

  private note(request: Request): void {
    if (request.url() !== `${this.issuer}/token` || request.method() !== 'POST') return;
    this.sent.push(new URLSearchParams(request.postData() ?? ''));
  }
}
