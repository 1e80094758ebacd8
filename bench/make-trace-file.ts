/**
 * Makes a trace file as an indexer would leave it: `npx tsx bench/make-trace-file.ts FILE [events]`. By default 55,000 events in 1,000,000
 * spans, some 470 MB; the same bytes every time.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pathToFileURL } from 'node:url';

const SPANS_A_LINE = 512;
const EVENTS_A_FETCH = 5.5;
const SLOW_MS = 500;
const START_UNIX_US = Date.UTC(2026, 0, 5) * 1000;
const CHAINS = [1, 10, 8453, 42161];

type Value = string | number | boolean;

interface Step {
  readonly name: string;
  /** Duration of the step itself in µs, before its children. */
  readonly us: number;
  readonly kind?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly steps?: readonly Step[];
}

/** Marsaglia's xorshift: the same numbers in every run. */
function createRandom() {
  let state = 0x9e3779b9;
  const bits = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const hex = (digits: number): string => {
    let text = '';
    while (text.length < digits) text += bits().toString(16).padStart(8, '0');
    return text.slice(0, digits);
  };
  /** About `typical`, now and then many times that. */
  const us = (typical: number): number => {
    const share = (bits() + 1) / 2 ** 32;
    const isStuck = bits() < 0.002 * 2 ** 32;
    return Math.round(typical * (0.5 - Math.log(share)) * (isStuck ? 300 : 1));
  };
  return { bits, hex, us, oneOf: <T>(values: readonly T[]): T => values[bits() % values.length] as T };
}

const random = createRandom();

function sql(verb: string, typicalUs: number): Step {
  return {
    name: `pg.query:${verb} grants`,
    us: random.us(typicalUs),
    kind: 3,
  };
}

function step(name: string, typicalUs: number, ...steps: readonly Step[]): Step {
  return { name, us: random.us(typicalUs), steps };
}

function connect(): Step {
  return { name: 'pg-pool.connect', us: random.us(60), kind: 3 };
}

/** What an event does: 21 spans for a donation, 11 for others. */
function stepsOf(isDonation: boolean): Step[] {
  if (!isDonation) {
    return [
      step(
        'handleEvent',
        200,
        step('roundLookup', 90, connect(), sql('SELECT', 500)),
        step('metadataParsing', 4000),
      ),
      step('applyChanges', 150, connect(), sql('BEGIN', 90), sql('INSERT', 900), sql('COMMIT', 700)),
    ];
  }
  return [
    step(
      'handleEvent',
      200,
      step('roundLookup', 90, connect(), sql('SELECT', 500)),
      step('applicationLookup', 90, sql('SELECT', 600)),
      step('tokenValidation', 20),
      step('priceCalculation', 900),
      step('metadataParsing', 100),
    ),
    step(
      'applyChanges',
      150,
      connect(),
      sql('BEGIN', 90),
      step('InsertDonation', 80, sql('INSERT', 900)),
      step('IncrementRoundDonationStats', 80, sql('UPDATE', 1500)),
      step('IncrementApplicationDonationStats', 80, sql('UPDATE', 800)),
      sql('INSERT', 500),
      sql('COMMIT', 700),
    ),
  ];
}

interface Placed {
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
  readonly startUs: number;
  readonly ids: Readonly<Record<string, Value>>;
}

/** Finds where the time went: the step with the largest self time. */
function causeOf(steps: readonly Step[], nearest = ''): { cause: string; us: number } {
  let found = { cause: '', us: -1 };
  for (const each of steps) {
    const isSql = each.name.startsWith('pg');
    const here = { cause: isSql && nearest ? `${nearest} > ${each.name}` : each.name, us: each.us };
    const below = causeOf(each.steps ?? [], isSql ? nearest : each.name);
    for (const one of [here, below]) if (one.us > found.us) found = one;
  }
  return found;
}

function wholeUs({ us, steps = [] }: Step): number {
  return steps.reduce((sum, child) => sum + wholeUs(child), us);
}

function otlpValue(value: Value) {
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'boolean' ? { boolValue: value } : { intValue: value };
}

function otlpSpan(one: Step, { traceId, parentSpanId, startUs, ids }: Placed, spanId: string) {
  const durationUs = wholeUs(one);
  const slow = durationUs >= SLOW_MS * 1000 ? { slow: true, slowThresholdMs: SLOW_MS } : {};
  const { exception, ...attributes } = { ...one.attributes, ...ids, ...slow } as Record<string, Value>;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name: one.name,
    kind: one.kind ?? 1,
    startTimeUnixNano: `${START_UNIX_US + startUs}${String(random.bits() % 1000).padStart(3, '0')}`,
    endTimeUnixNano: `${START_UNIX_US + startUs + durationUs}999`,
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
    droppedAttributesCount: 0,
    events:
      exception === undefined
        ? []
        : [
            {
              timeUnixNano: `${START_UNIX_US + startUs + durationUs}000`,
              name: 'exception',
              attributes: [{ key: 'exception.message', value: { stringValue: String(exception) } }],
              droppedAttributesCount: 0,
            },
          ],
    status: exception === undefined ? { code: 0 } : { code: 2, message: String(exception) },
  };
}

/** A step and all below it, children first, as spans leave. */
function* spansOf(one: Step, placed: Placed): Generator<object> {
  const spanId = random.hex(16);
  let startUs = placed.startUs + Math.round(one.us / 2);
  for (const child of one.steps ?? []) {
    yield* spansOf(child, { ...placed, parentSpanId: spanId, startUs });
    startUs += wholeUs(child);
  }
  yield otlpSpan(one, placed, spanId);
}

function eventOf(index: number): Step {
  const isDonation = index % 10 < 7;
  const steps = stepsOf(isDonation);
  const eventName = isDonation ? 'AllocatedWithOrigin' : 'RegisteredWithSender';
  const cause = causeOf(steps);
  const bare: Step = { name: `Strategy.${eventName}`, us: random.us(100), kind: 5, steps };
  const isSlow = wholeUs(bare) >= SLOW_MS * 1000;
  const address = (): string => `0x${random.hex(40)}`;
  return {
    ...bare,
    attributes: {
      eventName,
      contractName: 'Strategy',
      blockNumber: 20_000_000 + index,
      logIndex: random.bits() % 400,
      blockAgeMs: random.bits() % 60_000,
      transactionHash: `0x${random.hex(64)}`,
      ...(isDonation
        ? { donorAddress: address(), recipientAddress: address(), amountInUsd: '12.345678' }
        : {}),
      ...(isSlow ? { slowCause: cause.cause, slowCauseMs: Math.round(cause.us / 1000) } : {}),
      ...(random.bits() % 200 === 0 ? { 'error.type': 'TokenPriceNotFound', exception: 'no price' } : {}),
    },
  };
}

function* allSpans(eventCount: number): Generator<object> {
  let startUs = 0;
  let fetches = 0;
  for (let index = 0; index < eventCount; index++) {
    if (index >= fetches * EVENTS_A_FETCH) {
      fetches++;
      const fetch: Step = { name: 'fetchEvents', us: random.us(20_000), attributes: { 'batch.size': 100 } };
      yield* spansOf(fetch, { traceId: random.hex(32), parentSpanId: undefined, startUs, ids: {} });
    }
    const chainId = random.oneOf(CHAINS);
    const ids = {
      chainId,
      roundId: String(20 + (random.bits() % 12)),
      applicationId: String(random.bits() % 90),
    };
    const event = eventOf(index);
    yield* spansOf(event, { traceId: random.hex(32), parentSpanId: undefined, startUs, ids });
    startUs += Math.round(wholeUs(event) / 4);
  }
}

function lineOf(spans: readonly object[]): string {
  const resource = {
    attributes: [
      { key: 'service.name', value: { stringValue: 'grants-indexer' } },
      { key: 'telemetry.sdk.language', value: { stringValue: 'nodejs' } },
    ],
    droppedAttributesCount: 0,
  };
  return `${JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'grants-otel', version: '0.1.0' }, spans }] }] })}\n`;
}

/** Writes the file; resolves to how many spans are in it. */
export async function makeTraceFile(path: string, eventCount = 55_000): Promise<number> {
  const file = createWriteStream(path);
  let spanCount = 0;
  let held: object[] = [];
  for (const span of allSpans(eventCount)) {
    spanCount++;
    held.push(span);
    if (held.length < SPANS_A_LINE) continue;
    if (!file.write(lineOf(held))) await once(file, 'drain');
    held = [];
  }
  file.end(held.length > 0 ? lineOf(held) : '');
  await once(file, 'finish');
  return spanCount;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [path, events] = process.argv.slice(2);
  if (path === undefined) {
    console.error('usage: npx tsx bench/make-trace-file.ts FILE [events]');
    process.exitCode = 2;
  } else {
    console.log(
      `${await makeTraceFile(path, events === undefined ? undefined : Number(events))} spans in ${path}`,
    );
  }
}
