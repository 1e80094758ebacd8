#!/usr/bin/env node
import { createRequire } from 'node:module';
import { BUILT_IN_CHAINS } from './built-in-tokens.js';
import { type IndexerConfig, readCommandLine } from './config.js';
import { helpText } from './help.js';
import { createMetadata } from './metadata.js';
import { PriceFileError } from './price-file.js';
import { createProgress, type Progress } from './progress.js';
import { reportText } from './report-text.js';
import type { RunReport } from './run/report.js';
import { runIndexer } from './run.js';
import { createSource } from './sources/create-source.js';
import type { Source } from './sources/source.js';
import { createTokens, readTokenFile } from './tokens.js';

const EXIT = { away: 1, misconfigured: 2, someFailed: 3 } as const;

/** The first signal asks the run to end after the event in hand; it is never cut short, because the next one could be half written. */
function stopOnSignals(progress: Progress): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    progress.line(
      `${name}: ${controller.signal.aborted ? 'still finishing' : 'finishing'} the event in hand`,
    );
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, release: () => process.off('SIGINT', stop).off('SIGTERM', stop) };
}

/** The share of all sources that was taken, where every one of them knows its end: what they gave, less what waits still. */
function fractionOf(sources: readonly Source[], report: RunReport): number | undefined {
  const each = sources.map((source) => source.progress?.()).filter((one) => one !== undefined);
  const items = each.reduce((sum, one) => sum + one.items, 0);
  if (each.length < sources.length || items === 0) return undefined;
  const share = each.reduce((sum, one) => sum + one.share, 0) / each.length;
  const taken = report.events + report.skipped + report.ignored + report.failed;
  return share * Math.min(1, taken / items);
}

function describeFailure(error: unknown): { line: string; exitCode: number } {
  if (!(error instanceof Error)) return { line: String(error), exitCode: EXIT.away };
  if (error instanceof PriceFileError) return { line: error.message, exitCode: EXIT.misconfigured };
  const isKnown = typeof (error as { code?: unknown }).code === 'string';
  return { line: isKnown ? error.message : (error.stack ?? error.message), exitCode: EXIT.away };
}

/** A parent that opened a channel draws the progress itself. */
function tellParent(message: { fraction?: number | undefined; report: RunReport; isEnd: boolean }): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

async function run(config: IndexerConfig): Promise<void> {
  const hasParent = process.send !== undefined;
  const progress = createProgress(process.stderr, { isSilent: hasParent });
  const { signal, release } = stopOnSignals(progress);
  const onProblem = (line: string): void => progress.line(`indexer: ${line}`);
  let last: RunReport | undefined;
  try {
    const { adminSecret, chains, follow } = config;
    const sources = config.sources.map((spec) =>
      createSource(spec, {
        fallbackChains: BUILT_IN_CHAINS,
        follow,
        onProblem,
        ...(chains ? { chains } : {}),
        ...(adminSecret === undefined ? {} : { adminSecret }),
      }),
    );
    const report = await runIndexer({
      config,
      sources,
      metadata: createMetadata(config.ipfs),
      tokens: createTokens(config.tokens === undefined ? [] : readTokenFile(config.tokens).tokens),
      signal,
      onProgress: (report) => {
        last = report;
        const fraction = fractionOf(sources, report);
        progress.update({ ...report, ...(fraction === undefined ? {} : { fraction }) });
        tellParent({ fraction, report, isEnd: false });
      },
      onFailure: onProblem,
    });
    progress.stop();
    tellParent({ report, isEnd: true });
    if (!hasParent) console.log(reportText(report));
    if (report.failed > 0) process.exitCode = EXIT.someFailed;
  } catch (error) {
    progress.stop();
    const { line, exitCode } = describeFailure(error);
    console.error(`indexer: ${line}`);
    if (last) console.error(`What was taken before stays taken:\n${reportText(last)}`);
    process.exitCode = exitCode;
  } finally {
    release();
  }
}

async function main(): Promise<void> {
  // A reader that goes away (`| head`) is no reason to stop indexing.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const commandLine = readCommandLine(process.argv.slice(2), process.env);
  switch (commandLine.kind) {
    case 'help':
      console.log(helpText());
      return;
    case 'version':
      console.log(
        (createRequire(import.meta.url)('grants-otel/package.json') as { version: string }).version,
      );
      return;
    case 'refused':
      console.error(commandLine.problems.map((problem) => `indexer: ${problem}`).join('\n'));
      process.exitCode = EXIT.misconfigured;
      return;
    case 'run':
      await run(commandLine.config);
  }
}

await main();
