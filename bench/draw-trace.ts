// Draws the README's picture of a trace from a trace file: `npx tsx bench/draw-trace.ts .data/traces.jsonl > samples/trace.svg`.
// Takes the slowest trace of a donation, or with a second argument the trace of that id.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
}

interface Row {
  readonly span: WireSpan;
  readonly depth: number;
}

const ROW_HEIGHT = 22;
const NAMES_WIDTH = 350;
const BARS_WIDTH = 560;
const HEAD_HEIGHT = 44;

async function readSpans(file: string): Promise<WireSpan[]> {
  const spans: WireSpan[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const { resourceSpans } = JSON.parse(line) as {
      resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
    };
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
  }
  return spans;
}

const durationNano = (span: WireSpan): bigint =>
  BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano);

function attribute(span: WireSpan, key: string): string | undefined {
  const value = span.attributes?.find((one) => one.key === key)?.value;
  return value && String(Object.values(value)[0]);
}

function slowestDonation(spans: readonly WireSpan[]): string {
  const donations = spans.filter(
    (span) => !span.parentSpanId && attribute(span, 'eventName') === 'AllocatedWithOrigin',
  );
  const slowest = donations.reduce<WireSpan | undefined>(
    (found, span) => (!found || durationNano(span) > durationNano(found) ? span : found),
    undefined,
  );
  if (!slowest) throw new Error('expected a trace of an AllocatedWithOrigin event in the file, found none');
  return slowest.traceId;
}

function toRows(trace: readonly WireSpan[]): Row[] {
  const sorted = [...trace].sort((a, b) =>
    BigInt(a.startTimeUnixNano) < BigInt(b.startTimeUnixNano) ? -1 : 1,
  );
  const below = (parentId: string | undefined, depth: number): Row[] =>
    sorted
      .filter((span) => (span.parentSpanId || undefined) === parentId)
      .flatMap((span) => [{ span, depth }, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0);
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

function drawRow({ span, depth }: Row, index: number, root: WireSpan): string {
  const totalNano = Number(durationNano(root)) || 1;
  const offset = Number(BigInt(span.startTimeUnixNano) - BigInt(root.startTimeUnixNano)) / totalNano;
  const width = Math.max(2, (Number(durationNano(span)) / totalNano) * BARS_WIDTH);
  const x = NAMES_WIDTH + Math.min(offset * BARS_WIDTH, BARS_WIDTH - width);
  const y = HEAD_HEIGHT + index * ROW_HEIGHT;
  const kind = attribute(span, 'slow') ? 'slow' : span.name.startsWith('pg') ? 'sql' : 'step';
  const ms = (Number(durationNano(span)) / 1e6).toFixed(1);
  const label =
    x + width + 60 > NAMES_WIDTH + BARS_WIDTH
      ? { x: x - 6, anchor: 'end' }
      : { x: x + width + 6, anchor: 'start' };
  return [
    `<text x="${12 + depth * 16}" y="${y + 15}">${escaped(span.name)}</text>`,
    `<rect class="${kind}" x="${x.toFixed(1)}" y="${y + 4}" width="${width.toFixed(1)}" height="14" rx="2"/>`,
    `<text class="ms" x="${label.x.toFixed(1)}" y="${y + 15}" text-anchor="${label.anchor}">${ms} ms</text>`,
  ].join('');
}

function drawSvg(rows: readonly Row[]): string {
  const root = rows[0]?.span;
  if (!root) throw new Error('expected a trace with a root span, found none');
  const width = NAMES_WIDTH + BARS_WIDTH + 24;
  const height = HEAD_HEIGHT + rows.length * ROW_HEIGHT + 12;
  const ids = ['chainId', 'roundId', 'applicationId', 'slowCause'].flatMap((key) => {
    const value = attribute(root, key);
    return value ? [`${key}=${value}`] : [];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">`,
    '<style>.page{fill:#fff}text{fill:#1f2328}.ms{fill:#59636e;font-size:11px}.step{fill:#54aeff}.sql{fill:#8c959f}.slow{fill:#cf222e}' +
      '@media(prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#e6edf3}.ms{fill:#9198a1}.step{fill:#388bfd}.sql{fill:#6e7681}.slow{fill:#f85149}}</style>',
    `<rect class="page" width="${width}" height="${height}"/>`,
    `<text x="12" y="24" font-weight="bold">${escaped(ids.join('  '))}</text>`,
    ...rows.map((row, index) => drawRow(row, index, root)),
    '</svg>',
  ].join('\n');
}

const [file, wantedId] = process.argv.slice(2);
if (!file) throw new Error('usage: tsx bench/draw-trace.ts TRACE_FILE [TRACE_ID]');
const spans = await readSpans(file);
const traceId = wantedId ?? slowestDonation(spans);
console.log(drawSvg(toRows(spans.filter((span) => span.traceId === traceId))));
