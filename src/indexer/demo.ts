#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEFAULT_SERVICE_NAME, readSettings, VARIABLES } from '../tracing/variables.js';
import { createProgress, type Progress } from './progress.js';
import { reportText } from './report-text.js';
import type { RunReport } from './run/report.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const TRACE_FILE = '.data/traces.jsonl';
/** Low enough for some of the sample's donations to be slow on any machine. */
const DEMO_THRESHOLD_MS = 25;
const PROBE_TIMEOUT_MS = 1000;
const SLOW_LINE = 'grants-otel: slow ';

interface Outcome {
  readonly exitCode: number;
  /** There if the run came to its end. */
  readonly report: RunReport | undefined;
  readonly slowLines: number;
  readonly firstSlowLine: string | undefined;
}

/** True if anything speaks HTTP there; what it says does not matter. */
async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}

/** A database as it may be shown: without user and password. */
function shownDatabase(url: string | undefined): string {
  if (url === undefined) return 'an embedded PostgreSQL in .data/grants';
  if (!URL.canParse(url) || !url.includes('://')) return url;
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

/** Reads what the indexer says, line by line: slow events are counted and the rest is passed on, so that the bar stays whole. */
function listen(child: ReturnType<typeof spawn>, progress: Progress): Omit<Outcome, 'exitCode'> {
  const heard: { -readonly [K in keyof Omit<Outcome, 'exitCode'>]: Outcome[K] } = {
    report: undefined,
    slowLines: 0,
    firstSlowLine: undefined,
  };
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (!line.startsWith(SLOW_LINE)) return progress.line(line);
      heard.slowLines++;
      heard.firstSlowLine ??= line;
    });
  child.on('message', (message) => {
    const { report, fraction, isEnd } = message as { report: RunReport; fraction?: number; isEnd: boolean };
    if (isEnd) heard.report = report;
    progress.update({ ...report, ...(fraction === undefined ? {} : { fraction }) });
  });
  return heard;
}

async function index(env: NodeJS.ProcessEnv): Promise<Outcome> {
  const progress = createProgress(process.stdout);
  const child = spawn(
    process.execPath,
    [
      ...['--require', './instrumentation', 'dist/src/indexer/main.js', 'samples/events.ndjson'],
      ...['--ipfs', 'samples/ipfs', '--prices', 'samples/prices.ndjson'],
    ],
    { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] },
  );
  // On a terminal the child has had its own SIGINT; it is waited for in either case.
  const onInterrupt = (): void => undefined;
  const onTerminate = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  const heard = listen(child, progress);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
  progress.stop();
  return { ...heard, exitCode: exitCode ?? 1 };
}

/** What `grants-otel slow` has to say of the trace file. It exits with 1 where nothing was slow: that is an answer, no failure. */
async function showSlowEvents(env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ['dist/src/cli/main.js', 'slow', TRACE_FILE], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  await once(child, 'close');
}

function whereNext(hasJaeger: boolean, env: NodeJS.ProcessEnv): string {
  const { jaegerUrl } = readSettings(env).settings;
  const service = env['OTEL_SERVICE_NAME'] || DEFAULT_SERVICE_NAME;
  const query = new URLSearchParams({ service, tags: '{"slow":"true"}' });
  const jaeger = hasJaeger
    ? `  the same traces in Jaeger:  ${jaegerUrl.replace(/\/$/, '')}/search?${query}`
    : '  see them in Jaeger:         npm run jaeger   (then index again: rm -r .data && npm start)';
  return [
    'Where to look next:',
    jaeger,
    `  one round only:             npx grants-otel slow --chain 42161 --round 27 ${TRACE_FILE}`,
    '  your own indexer:           README.md',
  ].join('\n');
}

async function main(): Promise<void> {
  const thresholdName = VARIABLES.slowEventThresholdMs.name;
  const env: NodeJS.ProcessEnv = { ...process.env };
  env[VARIABLES.traceFile.name] = TRACE_FILE;
  env[thresholdName] ||= String(DEMO_THRESHOLD_MS);
  const endpoint =
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ||
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] ||
    'http://localhost:4318';
  const hasJaeger = await answers(endpoint);
  if (!hasJaeger) env['OTEL_TRACES_EXPORTER'] = 'none';
  mkdirSync(`${ROOT}/.data`, { recursive: true });

  const nobody = hasJaeger ? ` and ${endpoint}` : ` only: nothing answers at ${endpoint}`;
  console.log(`Indexing samples/ into ${shownDatabase(env['DATABASE_URL'] || undefined)}.
Traces go to ${TRACE_FILE}${nobody}.
Slow is what takes ${env[thresholdName]} ms or more (${thresholdName}; ${VARIABLES.slowEventThresholdMs.defaultText} outside of this demo).
`);
  const { exitCode, report, slowLines, firstSlowLine } = await index(env);
  process.exitCode = exitCode;
  if (report === undefined) return;
  if (report.events === 0 && report.failed === 0) {
    console.log(
      `Nothing new: all ${report.skipped + report.ignored} events of samples/ were taken before (${report.seconds.toFixed(1)} s).`,
    );
    if (existsSync(`${ROOT}/${TRACE_FILE}`)) console.log(`Their traces:  npx grants-otel slow ${TRACE_FILE}`);
    return;
  }
  console.log(`${reportText(report)}\n`);
  if (firstSlowLine !== undefined)
    console.log(
      `${slowLines} slow events were logged on stderr, each in a line like this:\n  ${firstSlowLine}\n`,
    );
  await showSlowEvents(env);
  console.log(`\n${whereNext(hasJaeger, env)}`);
}

await main();
