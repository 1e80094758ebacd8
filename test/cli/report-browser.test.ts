import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { printable } from '../../src/cli/output/printable.js';
import { startChromium } from '../support/chromium.js';
import { chromiumExecutable, describeWith } from '../support/servers.js';
import { SOME_TIME } from '../traces/otlp-spans.js';
import { cellsOf, drawingOf, openPage } from './report-page.js';
import { donationTrace, fastEvents, HOSTILE, traceLines } from './report-traces.js';
import { runCli } from './run-cli.js';

describeWith(['chromium'], 'the page of grants-otel report in a browser', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'grants-otel-page-'));
    browser = await startChromium(chromiumExecutable());
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  /** Makes a page of traces; the paths of both. */
  async function pageOf(name: string, lines: string, ...args: readonly string[]) {
    const file = join(folder, `${name}.jsonl`);
    const path = join(folder, `${name}.html`);
    writeFileSync(file, lines);
    const { exitCode, stderr } = await runCli(['report', file, '--out', path, ...args]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return { file, path };
  }

  const failed = donationTrace({ startUnixMs: SOME_TIME + 30_000, durationMs: 600 }).map((span) => ({
    ...span,
    status: { code: 2 },
  }));
  const kept = donationTrace({
    startUnixMs: SOME_TIME + 40_000,
    durationMs: 20,
    attributes: { slow: '', keepRatio: 0.1 },
  });
  const lines = traceLines(donationTrace({ startUnixMs: SOME_TIME + 20_000 }), failed, kept, fastEvents(200));

  it('asks no network, breaks no policy, throws nothing, and draws both pictures', async () => {
    const { path } = await pageOf('plain', lines);
    const { page, trouble, close } = await openPage(browser, path);
    const blank = await page.evaluate(
      `(({ width, height }) => Object.assign(document.createElement('canvas'), { width, height }).toDataURL())(document.querySelector('#over-time canvas'))`,
    );
    expect(await drawingOf(page, 'over-time')).not.toBe(blank);
    expect(await page.locator('.uplot').count()).toBe(2);
    expect(await page.locator('.uplot').first().boundingBox()).toMatchObject({ width: 1104 });
    expect(await trouble()).toEqual([]);
    await close();
  });

  it('has the figures of summary and of causes', async () => {
    const { file, path } = await pageOf('figures', lines);
    const { page, close } = await openPage(browser, path);
    const numberOf = (text = ''): number => Number(text.replace(/[~,]/g, ''));
    const rows = JSON.parse((await runCli(['summary', file, '--json'])).stdout) as Record<string, number>[];
    const keys = [
      'count',
      'slowCount',
      'errorCount',
      'minMs',
      'avgMs',
      'p50Ms',
      'p95Ms',
      'p99Ms',
      'maxMs',
      'totalMs',
    ];
    const cells = await cellsOf(page, 'summary');
    expect(cells).toHaveLength(2);
    rows.forEach((row, at) => {
      expect(cells[at]?.slice(0, 2)).toEqual([String(row['event']), String(row['chainId'])]);
      const shown = cells[at]?.slice(2).map(numberOf);
      expect(shown).toEqual(keys.map((key) => Number((row[key] ?? Number.NaN).toFixed(1))));
    });
    expect(cells.map(([, , count]) => count)).toEqual(['200', '~12']);

    const causes = JSON.parse((await runCli(['causes', file, '--json'])).stdout) as Record<string, number>[];
    const shown = (await cellsOf(page, 'causes')).map(([, , , ms, events]) => [
      numberOf(ms),
      numberOf(events),
    ]);
    expect(shown).toEqual(causes.map(({ selfMs, eventCount }) => [selfMs, eventCount]));
    await close();
  });

  it('shows hostile names, values, ids and filters as the text that they are', async () => {
    const hostile = donationTrace({
      name: HOSTILE,
      attributes: { chainId: HOSTILE, roundId: HOSTILE, slowCause: HOSTILE, [HOSTILE]: HOSTILE },
    });
    const [, step] = hostile;
    if (step !== undefined) step.name = HOSTILE;
    const { path } = await pageOf('hostile', traceLines(hostile), '--round', HOSTILE);
    const { page, trouble, close } = await openPage(browser, path);
    const shown = printable(HOSTILE);
    expect((await cellsOf(page, 'summary'))[0]?.slice(0, 2)).toEqual([shown, shown]);
    expect((await cellsOf(page, 'causes'))[0]?.[0]).toBe(shown);
    expect(await page.locator('.span .label').first().textContent()).toContain(shown);
    expect(await page.locator('.lead').textContent()).toContain(`round ${shown}`);
    await page.locator('.span > summary').first().click();
    expect(await page.locator('.span[open] dt').allTextContents()).toContain(shown);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.evaluate('window.taken')).toBeUndefined();
    expect(await trouble()).toEqual([]);
    await close();
  });

  it('is dark where the reader wants it dark, pictures included, and changes while it is open', async () => {
    const { path } = await pageOf('schemes', lines);
    const paper = 'getComputedStyle(document.body).backgroundColor';
    const light = await openPage(browser, path, { colorScheme: 'light' });
    const dark = await openPage(browser, path, { colorScheme: 'dark' });
    const drawnLight = await drawingOf(light.page, 'over-time');
    const drawnDark = await drawingOf(dark.page, 'over-time');
    expect(drawnLight).not.toBe(drawnDark);
    expect(await light.page.evaluate(paper)).toBe('rgb(255, 255, 255)');
    expect(await dark.page.evaluate(paper)).not.toBe('rgb(255, 255, 255)');
    await light.page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(() => drawingOf(light.page, 'over-time')).toBe(drawnDark);
    await Promise.all([light.close(), dark.close()]);
  });

  it('prints in ink on white, with every trace open and no table cut off, and is as before after', async () => {
    const { path } = await pageOf('print', lines, '--limit', '3');
    const { page, trouble, close } = await openPage(browser, path, {
      colorScheme: 'dark',
      viewport: { width: 703, height: 1000 },
    });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.locator('details.trace[open]').count()).toBe(3);
    const cut = await page.evaluate(
      "[...document.querySelectorAll('body, .scroll, table, .chart, .waterfall, .about')].filter((e) => e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > 704).map((e) => e.outerHTML.slice(0, 60))",
    );
    expect(cut).toEqual([]);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await expect.poll(() => page.locator('details.trace[open]').count()).toBe(1);
    expect(await trouble()).toEqual([]);
    await close();
  });

  it('fits a narrow screen: nothing but a table scrolls sideways', async () => {
    const { path } = await pageOf('narrow', lines);
    const { page, close } = await openPage(browser, path, { viewport: { width: 360, height: 740 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await close();
  });

  it('opens traces and spans by keyboard, with what differs from the parent', async () => {
    const { path } = await pageOf('keyboard', lines);
    const { page, close } = await openPage(browser, path);
    const sql = page.locator('.span', { has: page.locator('.label', { hasText: 'pg.query:' }) }).first();
    await sql.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await sql.locator('dt').allTextContents()).toEqual(['db.query.text']);
    expect(await sql.locator('dd').textContent()).toBe('INSERT INTO donations\nVALUES ($1)');
    const second = page.locator('details.trace').nth(1);
    expect(await second.locator('.waterfall').isVisible()).toBe(false);
    await second.locator('summary').first().focus();
    await page.keyboard.press('Space');
    expect(await second.locator('.span').count()).toBe(3);
    expect(await second.locator('.waterfall').isVisible()).toBe(true);
    await close();
  });

  it('zooms into a part of the time, and back', async () => {
    const { path } = await pageOf('zoom', lines);
    const { page, trouble, close } = await openPage(browser, path);
    const before = await drawingOf(page, 'over-time');
    const box = await page.locator('#over-time .u-over').boundingBox();
    const { x, y } = box ?? { x: 0, y: 0 };
    await page.mouse.move(x + 200, y + 50);
    await page.mouse.down();
    await page.mouse.move(x + 400, y + 60, { steps: 5 });
    await page.mouse.up();
    await expect.poll(() => drawingOf(page, 'over-time')).not.toBe(before);
    await page.mouse.dblclick(x + 300, y + 50);
    await expect.poll(() => drawingOf(page, 'over-time')).toBe(before);
    expect(await trouble()).toEqual([]);
    await close();
  });
});
