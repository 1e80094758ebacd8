import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startChromium } from '../support/chromium.js';
import { chromiumExecutable, describeWith, jaegerUrls } from '../support/servers.js';
import { otlpBatch } from '../traces/otlp-spans.js';
import { cellsOf, openPage } from './report-page.js';
import { donationTrace } from './report-traces.js';
import { runCli } from './run-cli.js';

describeWith(['jaeger', 'chromium'], 'grants-otel report on a real Jaeger', () => {
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

  it('has whole traces, also what began before --since or after --until, and a link to each', async () => {
    const { otlp, query } = jaegerUrls();
    const service = `grants-indexer-${randomBytes(6).toString('hex')}`;
    const startUnixMs = Date.now() - 60_000;
    const traces = [
      donationTrace({ startUnixMs, durationMs: 2000 }),
      donationTrace({ startUnixMs: startUnixMs - 100, durationMs: 700 }),
    ];
    const response = await fetch(`${otlp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlpBatch(traces.flat(), service)),
    });
    expect(response.status).toBe(200);
    const out = join(folder, 'report.html');
    const until = new Date(startUnixMs + 100).toISOString();
    const args = ['report', query, '--service', service, '--until', until, '--out', out];
    await vi.waitFor(async () => expect((await runCli(args)).stdout).toContain('2 events'), {
      timeout: 30_000,
      interval: 100,
    });

    const { page, trouble, close } = await openPage(browser, out);
    expect((await cellsOf(page, 'summary')).map((cells) => cells.slice(0, 4))).toEqual([
      ['Strategy.AllocatedWithOrigin', '42161', '2', '2'],
    ]);
    expect(await page.locator('details.trace').first().locator('.span .label').allTextContents()).toEqual([
      'Strategy.AllocatedWithOriginslow',
      'InsertDonation',
      expect.stringMatching(/^pg\.query:INSERT grants/),
    ]);
    const links = page.locator('.ids a');
    const hrefs = await Promise.all((await links.all()).map((link) => link.getAttribute('href')));
    expect(hrefs.map((href) => href?.replace(/\?.*$/, ''))).toEqual(
      traces.map(([event]) => `${query}/trace/${event?.traceId}`),
    );
    expect(await page.locator('.about').textContent()).toContain(`${query} (service ${service}`);
    expect(await trouble()).toEqual([]);
    await close();
  });
});
