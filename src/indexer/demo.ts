#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { maskCredentials } from '../tracing/standard-variables.js';
import { DEFAULT_SERVICE_NAME, readSettings, VARIABLES } from '../tracing/variables.js';
import { createProgress, type Progress } from './progress.js';
import { reportText } from './report-text.js';
import type { RunReport } from './run/report.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const DEFAULT_TRACE_FILE = '.data/traces.jsonl';
/** Low enough for some of the sample's donations to be slow on any machine. */
const DEMO_THRESHOLD_MS = 25;
const PROBE_TIMEOUT_MS = 1000;
const SHOWN_SLOW_EVENTS = 10;
/** `grants-otel slow`, as it is called in a clone. */
const ASK = 'node dist/src/cli/main.js slow';
const SLOW_LINE = 'grants-otel: slow ';

interface Outcome {
  readonly exitCode: number;
  /** There if the run came to its end. */
  readonly report: RunReport | undefined;
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

function hasContent(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** What a Jaeger shows that was built without its pages, as with Go alone. */
const NO_PAGES = 'not compiled with the UI assets';

/** Whether there is something to look at in a Jaeger, as far as it tells. */
async function hasPages(jaegerUrl: string): Promise<boolean> {
  try {
    const page = await fetch(`${jaegerUrl}/search`, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    return !(await page.text()).includes(NO_PAGES);
  } catch {
    return true;
  }
}

/** A database as it may be shown: without user and password. */
function shownDatabase(url: string | undefined): string {
  if (url === undefined) return 'an embedded PostgreSQL in .data/grants';
  if (!/^postgres(?:ql)?:\/\//i.test(url) || !URL.canParse(url)) return maskCredentials(url.trim());
  const { host, pathname } = new URL(url);
  return `PostgreSQL at ${host}${pathname}`;
}

/** Hears the indexer out: of its lines about slow events the first is kept, the others are printed clear of the bar. */
function listen(child: ReturnType<typeof spawn>, progress: Progress): Omit<Outcome, 'exitCode'> {
  const heard: { report: RunReport | undefined; firstSlowLine: string | undefined } = {
    report: undefined,
    firstSlowLine: undefined,
  };
  if (child.stderr)
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (line.startsWith(SLOW_LINE)) heard.firstSlowLine ??= line;
      else progress.line(line);
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
    { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
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

/**
 * What `grants-otel slow` has to say of the traces since then: the file has those of earlier runs, too. It exits with 1 where nothing was slow:
 * that is an answer, no failure.
 */
async function showSlowEvents({ env, traceFile }: Setting, since: Date): Promise<void> {
  const child = spawn(
    process.execPath,
    [
      ...['dist/src/cli/main.js', 'slow', traceFile],
      ...['--since', since.toISOString(), '--limit', String(SHOWN_SLOW_EVENTS)],
    ],
    { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  await once(child, 'close');
}

/** What becomes of traces on their way over the network; a variable where that is in the way. */
type WayOut = 'open' | 'nothing answers' | 'OTEL_TRACES_EXPORTER=none' | 'OTEL_SDK_DISABLED=true';

interface Setting {
  readonly env: NodeJS.ProcessEnv;
  readonly traceFile: string;
  /** Where traces go over the network. */
  readonly endpoint: string;
  readonly wayOut: WayOut;
}

async function lookForWayOut(env: NodeJS.ProcessEnv, endpoint: string): Promise<WayOut> {
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true') return 'OTEL_SDK_DISABLED=true';
  if (env['OTEL_TRACES_EXPORTER']?.trim() === 'none') return 'OTEL_TRACES_EXPORTER=none';
  return (await answers(endpoint)) ? 'open' : 'nothing answers';
}

/** The environment of the indexer: what the user set stays, the rest is set so that the demo has something to show. */
async function prepare(): Promise<Setting> {
  const env: NodeJS.ProcessEnv = { ...process.env };
  env[VARIABLES.slowEventThresholdMs.name] ||= String(DEMO_THRESHOLD_MS);
  const traceFile = env[VARIABLES.traceFile.name] || DEFAULT_TRACE_FILE;
  env[VARIABLES.traceFile.name] = traceFile;
  mkdirSync(dirname(resolve(ROOT, traceFile)), { recursive: true });
  const endpoint =
    env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ||
    env['OTEL_EXPORTER_OTLP_ENDPOINT'] ||
    'http://localhost:4318';
  const wayOut = await lookForWayOut(env, endpoint);
  if (wayOut === 'nothing answers') env['OTEL_TRACES_EXPORTER'] ||= 'none';
  return { env, traceFile, endpoint, wayOut };
}

function whereTracesGo({ traceFile, endpoint, wayOut }: Setting): string {
  if (wayOut === 'OTEL_SDK_DISABLED=true') return `Nothing is traced: ${wayOut}.`;
  if (wayOut === 'open') return `Traces go to ${traceFile} and ${endpoint}.`;
  const why = wayOut === 'nothing answers' ? `${wayOut} at ${endpoint}` : wayOut;
  return `Traces go to ${traceFile} only: ${why}.`;
}

function introduction(setting: Setting): string {
  const { env } = setting;
  const { name, defaultText } = VARIABLES.slowEventThresholdMs;
  return [
    `Indexing samples/ into ${shownDatabase(env['DATABASE_URL'] || undefined)}.`,
    whereTracesGo(setting),
    `Slow is what takes ${env[name]} ms or more (${name}; ${defaultText} outside of this demo).\n`,
  ].join('\n');
}

async function whereInJaeger({ env }: Setting): Promise<string> {
  const jaegerUrl = readSettings(env).settings.jaegerUrl.replace(/\/$/, '');
  if (!(await hasPages(jaegerUrl))) return `the same from Jaeger  ${ASK} ${jaegerUrl}`;
  const service = env['OTEL_SERVICE_NAME'] || DEFAULT_SERVICE_NAME;
  const query = new URLSearchParams({ service, tags: '{"slow":"true"}' });
  return `the same in Jaeger    ${jaegerUrl}/search?${query}`;
}

async function whereNext(setting: Setting): Promise<string> {
  const { env, traceFile, wayOut } = setting;
  const again = `index again${env['DATABASE_URL'] ? ', into an empty database' : ': rm -r .data/grants && npm start'}`;
  if (wayOut === 'OTEL_SDK_DISABLED=true') return `To see traces, unset OTEL_SDK_DISABLED, and ${again}`;
  const first = wayOut === 'OTEL_TRACES_EXPORTER=none' ? 'unset OTEL_TRACES_EXPORTER, ' : '';
  const jaeger =
    wayOut === 'open'
      ? await whereInJaeger(setting)
      : `a Jaeger to see it    ${first}npm run jaeger, then ${again}`;
  return [
    'Where to look next:',
    `  ${jaeger}`,
    `  one round only        ${ASK} --chain 42161 --round 27 ${traceFile}`,
    '  your own indexer      README.md',
  ].join('\n');
}

/** What the indexer and the questions after it would refuse, each in its own time. */
function saysWhatIsWrong(): boolean {
  const { problems } = readSettings(process.env);
  for (const problem of problems)
    console.error(`grants-otel: ${problem.replace(/; taking the default.*$/, '')}`);
  return problems.length > 0;
}

async function main(): Promise<void> {
  if (saysWhatIsWrong()) {
    process.exitCode = 2;
    return;
  }
  const setting = await prepare();
  const { env, traceFile, wayOut } = setting;
  console.log(introduction(setting));
  const hadTraces = hasContent(resolve(ROOT, traceFile));
  const startedAt = new Date();
  const { exitCode, report, firstSlowLine } = await index(env);
  process.exitCode = exitCode;
  if (report === undefined) return;
  if (report.events === 0 && report.failed === 0) {
    const count = report.skipped + report.ignored;
    console.log(`Nothing new: all ${count} events were taken before (${report.seconds.toFixed(1)} s).`);
    if (hadTraces) console.log(`Their traces: ${ASK} ${traceFile}`);
    return;
  }
  console.log(`${reportText(report)}\n`);
  if (firstSlowLine !== undefined)
    console.log(`A slow event is a line on stderr, at most ten a second. The first was:\n${firstSlowLine}\n`);
  if (wayOut !== 'OTEL_SDK_DISABLED=true') await showSlowEvents(setting, startedAt);
  console.log(`\n${await whereNext(setting)}`);
}

await main();
