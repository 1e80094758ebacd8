#!/usr/bin/env node
import { createRequire } from 'node:module';
import { BUILT_IN_CHAINS } from './built-in-tokens.js';
import { type IndexerConfig, readCommandLine } from './config.js';
import { DatabaseUnavailableError } from './database/database-error.js';
import { helpText } from './help.js';
import { createMetadata } from './metadata.js';
import { oneLine } from './one-line.js';
import { PriceFileError } from './price-file.js';
import { createProgress, type Progress } from './progress.js';
import { reportText } from './report-text.js';
import type { RunReport } from './run/report.js';
import { runIndexer } from './run.js';
import { createSource } from './sources/create-source.js';
import { type Source, SourceUnavailableError } from './sources/source.js';
import { createTokens, readTokenFile, type Token } from './tokens.js';

const EXIT = { away: 1, misconfigured: 2, someFailed: 3 } as const;

/**
 * The first signal asks the run to end after the event in hand; it is never cut short, because the next one could be half written. Once the
 * run is over a signal, such as the second one that npm passes on, ends the process with the exit code that it has.
 */
function stopOnSignals(progress: Progress): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    progress.line(
      `${name}: ${controller.signal.aborted ? 'still finishing' : 'finishing'} the event in hand`,
    );
    controller.abort();
  };
  const leave = (): void => process.exit();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const release = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop).on('SIGINT', leave).on('SIGTERM', leave);
  };
  return { signal: controller.signal, release };
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

/** An error that is expected of the world is one line; one that is not is a fault of ours, and shows where. */
function describeFailure(error: unknown): { line: string; exitCode: number } {
  if (!(error instanceof Error)) return { line: String(error), exitCode: EXIT.away };
  if (error instanceof PriceFileError) return { line: oneLine(error.message), exitCode: EXIT.misconfigured };
  const isExpected =
    error instanceof SourceUnavailableError ||
    error instanceof DatabaseUnavailableError ||
    'syscall' in error;
  return { line: isExpected ? oneLine(error.message) : (error.stack ?? error.message), exitCode: EXIT.away };
}

/** A parent that opened a channel draws the progress itself. */
function tellParent(message: { fraction?: number | undefined; report: RunReport; isEnd: boolean }): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function openSources(
  config: IndexerConfig,
  options: { moreTokens: readonly Token[]; onProblem: (line: string) => void },
): Source[] {
  const { adminSecret, chains, follow } = config;
  const fallbackChains = new Set([...BUILT_IN_CHAINS, ...options.moreTokens.map(({ chainId }) => chainId)]);
  return config.sources.map((spec) =>
    createSource(spec, {
      fallbackChains: [...fallbackChains],
      follow,
      onProblem: options.onProblem,
      ...(chains ? { chains } : {}),
      ...(adminSecret === undefined ? {} : { adminSecret }),
    }),
  );
}

async function index(
  config: IndexerConfig,
  watch: { progress: Progress; signal: AbortSignal },
): Promise<void> {
  const { progress, signal } = watch;
  const onProblem = (line: string): void => progress.line(`indexer: ${oneLine(line)}`);
  let last: RunReport | undefined;
  try {
    const moreTokens = config.tokens === undefined ? [] : readTokenFile(config.tokens).tokens;
    const sources = openSources(config, { moreTokens, onProblem });
    const report = await runIndexer({
      config,
      sources,
      metadata: createMetadata(config.ipfs),
      tokens: createTokens(moreTokens),
      signal,
      onProgress: (now) => {
        last = now;
        const fraction = fractionOf(sources, now);
        progress.update({ ...now, ...(fraction === undefined ? {} : { fraction }) });
        tellParent({ fraction, report: now, isEnd: false });
      },
      onFailure: onProblem,
    });
    progress.stop();
    tellParent({ report, isEnd: true });
    console.log(reportText(report));
    if (report.failed > 0) process.exitCode = EXIT.someFailed;
  } catch (error) {
    progress.stop();
    const { line, exitCode } = describeFailure(error);
    console.error(`indexer: ${line}`);
    if (last) console.error(`What was taken before stays taken:\n${reportText(last)}`);
    process.exitCode = exitCode;
  }
}

async function run(config: IndexerConfig): Promise<void> {
  const progress = createProgress(process.stderr, { isSilent: process.send !== undefined });
  const { signal, release } = stopOnSignals(progress);
  await index(config, { progress, signal });
  release();
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
