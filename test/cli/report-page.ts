import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page that is being looked at, and everything about it that should not be: faults, violations of its policy, requests. */
export interface OpenPage {
  readonly page: Page;
  trouble(): Promise<string[]>;
  close(): Promise<void>;
}

const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('violates ' + violatedDirective + ': ' + blockedURI));`;

/** Opens the file of a page in a browser that has no network. */
export async function openPage(
  browser: Browser,
  path: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ offline: true, ...options });
  const page = await context.newPage();
  const address = pathToFileURL(path).href;
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(`fault: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== address) trouble.push(`request: ${request.url()}`);
  });
  await page.addInitScript({ content: TELL_VIOLATIONS });
  await page.goto(address);
  return {
    page,
    async trouble() {
      // What happens as a result of the last act has been told once the page has answered.
      await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))');
      return trouble;
    },
    close: () => context.close(),
  };
}

/** A picture of the page as it was drawn, to compare with another. */
export function drawingOf(page: Page, id: string): Promise<string> {
  return page.evaluate(`document.querySelector('#${id} canvas').toDataURL()`);
}

/** The cells of a table, row by row, its head left out. */
export async function cellsOf(page: Page, table: string): Promise<string[][]> {
  const rows = await page.locator(`#${table} tbody tr`).all();
  return Promise.all(
    rows.map(async (row) => (await row.locator('td').allTextContents()).map((text) => text.trim())),
  );
}
