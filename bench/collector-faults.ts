// What a collector that fails costs the application: `npm run build && npx tsx bench/collector-faults.ts [--runs 5] [--events 3100]`. For each
// fault a run of a program with the shape of an indexer (busy-indexer.mjs, 16 spans an event), and at the same time, because machines change
// their speed from one run to the next, a twin of it whose collector is well; each has a collector in a process of its own. Prints a Markdown
// table: medians, each run compared with its twin, and beside each difference of CPU its quartiles. In the row `healthy, again` both
// collectors are well: how far it is from 0 is noise.
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { arch, cpus, totalmem } from 'node:os';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Behaviour } from '../test/support/otlp/behaviour.js';
import type { FromCollector, ToCollector } from './faulty-collector.js';

/** What the program writes of a run. */
interface Figures {
  readonly eventsPerSecond: number;
  readonly cpuMsPerEvent: number;
  readonly peakMb: number;
  readonly flushMs: number;
}

interface Run extends Figures {
  /** That the program made. */
  readonly spans: number;
  readonly delivered: number;
  readonly duplicates: number;
  readonly lines: readonly string[];
}

interface Fault {
  readonly name: string;
  /** What the collector is told before the run, after a quarter and after three quarters of the events. */
  readonly before?: ToCollector;
  readonly at25?: ToCollector;
  readonly at75?: ToCollector;
  /** So many times the events of other runs. */
  readonly times?: number;
}

/** A run, and the healthy one at the same time. */
interface Compared {
  readonly run: Run;
  readonly well: Run;
}

const WELL: ToCollector = { kind: 'behave', behaviour: { mode: 'ok' } };

function forHalfTheRun(name: string, behaviour: Behaviour): Fault {
  return { name, at25: { kind: 'behave', behaviour }, at75: WELL };
}

function forOneBatch(name: string, behaviour: Behaviour): Fault {
  return { name, at25: { kind: 'behave', behaviour, forRequests: 1 } };
}

const HEALTHY: Fault = { name: 'healthy' };
const FAULTS: readonly Fault[] = [
  { name: 'healthy, again' },
  // More spans than may be held: this is what memory is at its worst.
  { name: 'not there', before: { kind: 'go away' }, times: 1.4 },
  { name: 'dies, and comes back', at25: { kind: 'go away' }, at75: { kind: 'come back' } },
  forHalfTheRun('never answers', { mode: 'never answers' }),
  forHalfTheRun('503', { mode: 'status', status: 503 }),
  forHalfTheRun('503, Retry-After: 1', { mode: 'status', status: 503, retryAfter: '1' }),
  forHalfTheRun('429', { mode: 'status', status: 429 }),
  forHalfTheRun('429, Retry-After: 1', { mode: 'status', status: 429, retryAfter: '1' }),
  forOneBatch('400 for one batch', { mode: 'status', status: 400 }),
  forOneBatch('partial success', { mode: 'partial success', rejectedSpans: 3, message: 'too old' }),
  forHalfTheRun('answers garbage', { mode: 'garbage' }),
  forHalfTheRun('resets connections', { mode: 'resets' }),
  forHalfTheRun('a byte a second', { mode: 'slow bytes' }),
];

const WARM_UP_EVENTS = 300;
const SPANS_PER_EVENT = 16;
/** Below the run's length, so that requests that are never answered end within it. */
const EXPORT_TIMEOUT_MS = 1000;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    events: { type: 'string', default: '3100' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.runs);
const events = Number(values.events);

/** The value below which this share of the numbers lies, from 0 to 1; between two of them by their distance. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

function median(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

class Collector {
  readonly #child: ChildProcess;
  /** Rejects if the collector says something else first. */
  readonly port: Promise<number>;

  constructor() {
    this.#child = fork(fileURLToPath(new URL('./faulty-collector.ts', import.meta.url)), {
      execArgv: ['--import', 'tsx'],
    });
    this.port = this.#listening();
  }

  tell(message: ToCollector): void {
    this.#child.send(message);
  }

  async tally(): Promise<{ spans: number; duplicates: number }> {
    this.tell({ kind: 'tally' });
    for (;;) {
      const message = await this.#heard();
      if (message.kind === 'tally') return message;
    }
  }

  end(): void {
    this.#child.disconnect();
  }

  async #listening(): Promise<number> {
    const message = await this.#heard();
    if (message.kind !== 'listening') throw new Error(`expected a port, found ${message.kind}`);
    return message.port;
  }

  async #heard(): Promise<FromCollector> {
    const [message] = (await once(this.#child, 'message')) as [FromCollector];
    return message;
  }
}

async function textOf(stream: Readable, onText: (text: string) => void = () => undefined): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    text += chunk;
    onText(chunk as string);
  }
  return text;
}

async function runOnce(fault: Fault, collector: Collector, count: number): Promise<Run> {
  const port = await collector.port;
  if (fault.before) collector.tell(fault.before);
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    ['--require', './instrumentation', 'bench/busy-indexer.mjs', String(count)],
    {
      cwd: fileURLToPath(new URL('../', import.meta.url)),
      env: {
        PATH,
        HOME,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_TIMEOUT: String(EXPORT_TIMEOUT_MS),
        // The lines that are counted are those about the collector.
        GRANTS_OTEL_SLOW_EVENT_THRESHOLD_MS: '60000',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
  const [, , stderr, figures] = await Promise.all([
    once(child, 'close'),
    textOf(child.stdout as Readable, (text) => {
      if (text.includes('at 25') && fault.at25) collector.tell(fault.at25);
      if (text.includes('at 75') && fault.at75) collector.tell(fault.at75);
    }),
    textOf(child.stderr as Readable),
    textOf(child.stdio[3] as Readable),
  ]);
  if (child.exitCode !== 0) throw new Error(`expected the program to end with 0, found ${stderr}`);
  const tally = await collector.tally();
  collector.tell(fault.before?.kind === 'go away' ? { kind: 'come back' } : WELL);
  return {
    ...(JSON.parse(figures) as Figures),
    spans: (count + WARM_UP_EVENTS) * SPANS_PER_EVENT,
    delivered: tally.spans,
    duplicates: tally.duplicates,
    lines: stderr.split('\n').slice(0, -1),
  };
}

function signed(value: number, digits: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
}

function row(
  name: string,
  runs: readonly Run[],
  more: { cpu: string; quartiles: string; memory: string },
): string {
  const by = (read: (run: Run) => number): number => median(runs.map(read));
  const cells = [
    name,
    by((run) => run.cpuMsPerEvent).toFixed(3),
    more.cpu,
    more.quartiles,
    by((run) => run.eventsPerSecond).toFixed(0),
    by((run) => run.peakMb).toFixed(0),
    more.memory,
    by((run) => run.flushMs).toFixed(0),
    by((run) => run.delivered),
    by((run) => run.spans - run.delivered),
    by((run) => run.duplicates),
    by((run) => run.lines.length),
  ];
  return `| ${cells.join(' | ')} |`;
}

function faultRow(name: string, compared: readonly Compared[]): string {
  const runs = compared.map(({ run }) => run);
  const than = (read: (of: Compared) => number): number => median(compared.map(read));
  const cpu = compared.map(({ run, well }) => (run.cpuMsPerEvent / well.cpuMsPerEvent - 1) * 100);
  const quartiles = [0.25, 0.75].map((share) => signed(quantile(cpu, share), 1)).join(' to ');
  const memory = than(({ run, well }) => run.peakMb - well.peakMb);
  return row(name, runs, { cpu: `${signed(median(cpu), 1)} %`, quartiles, memory: signed(memory, 0) });
}

const collectors = [new Collector(), new Collector()] as const;
const faults = FAULTS.filter(({ name }) => !values.only || name.includes(values.only));
const compared = new Map<Fault, Compared[]>(faults.map((fault) => [fault, []]));

async function compare(fault: Fault, round: number): Promise<Compared> {
  const count = Math.round(events * (fault.times ?? 1));
  // Neither is always the first to start.
  const [one, other] = round % 2 === 0 ? [fault, HEALTHY] : [HEALTHY, fault];
  const runs = await Promise.all([runOnce(one, collectors[0], count), runOnce(other, collectors[1], count)]);
  const [run, well] = round % 2 === 0 ? runs : [runs[1], runs[0]];
  return { run, well };
}

try {
  for (let round = 0; round < rounds; round++) {
    for (const fault of round % 2 === 0 ? faults : [...faults].reverse()) {
      const pair = await compare(fault, round);
      compared.get(fault)?.push(pair);
      process.stderr.write(`${round + 1} ${fault.name}: ${JSON.stringify(pair)}\n`);
    }
  }
} finally {
  for (const collector of collectors) collector.end();
}

const table = [
  '| collector | main-thread CPU, ms an event | than healthy | quartiles | events/s | peak MB | than healthy | last flush, ms | delivered | not | twice | lines |',
  '| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
  row(
    HEALTHY.name,
    [...compared.values()].flat().map(({ well }) => well),
    { cpu: '', quartiles: '', memory: '' },
  ),
  ...[...compared].map(([fault, runs]) => faultRow(fault.name, runs)),
  '',
  `${SPANS_PER_EVENT} spans an event; medians of ${rounds} rounds, each run compared with a healthy one at the same time; OTEL_EXPORTER_OTLP_TIMEOUT=${EXPORT_TIMEOUT_MS}, all else at its default.`,
  `On ${cpus().length} × ${cpus()[0]?.model ?? arch()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}.`,
];
process.stdout.write(`${table.join('\n')}\n`);
