import { randomBytes } from 'node:crypto';
import type { SpanSearch, TraceSource } from '../../src/traces/trace-source.js';
import { type OtlpSpan, otlpSpan, type SpanDraft } from './otlp-spans.js';

const MINUTE_MS = 60_000;
const DONOR = `0x${'aBcD'.repeat(10)}`;
const HASH = `0x${'0f'.repeat(32)}`;

function traceId(): string {
  return randomBytes(16).toString('hex');
}

/** Traces with a span for whatever can be asked for, and the searches that tell them apart. */
export interface SearchLab {
  readonly batches: readonly { readonly serviceName: string; readonly spans: readonly OtlpSpan[] }[];
  readonly searches: readonly {
    readonly what: string;
    readonly search: Partial<SpanSearch>;
    /** The labels of the spans that are to be found, sorted. */
    readonly found: readonly string[];
  }[];
  /** Reads a source to its end: the labels of the spans found, each once, sorted, and what was noted. */
  read(source: TraceSource, search: Partial<SpanSearch>): Promise<{ found: string[]; notes: string[] }>;
}

/** The spans of a lab by what they are called here. */
function createSpans(nowMs: number) {
  const labels = new Map<string, string>();
  const span = (label: string, minutesAgo: number, draft: SpanDraft & { failed?: boolean }): OtlpSpan => {
    const made = otlpSpan({ startUnixMs: nowMs - minutesAgo * MINUTE_MS, ...draft });
    labels.set(made.spanId, label);
    return draft.failed ? { ...made, status: { code: 2 } } : made;
  };
  return { labels, span };
}

function eventOf(eventName: string, attributes: NonNullable<SpanDraft['attributes']>): SpanDraft {
  return { name: `Strategy.${eventName}`, kind: 5, attributes: { eventName, ...attributes } };
}

/** A lab of its own: services and ids are in no other. */
export function createSearchLab(nowMs = Date.now()): SearchLab {
  const serviceName = `grants-indexer-${randomBytes(6).toString('hex')}`;
  const { labels, span } = createSpans(nowMs);
  const [slow, fast, failed, long, fetching] = [traceId(), traceId(), traceId(), traceId(), traceId()];
  const zeros = `0000000000000000${randomBytes(8).toString('hex')}`;

  const round27 = { chainId: 42161, roundId: '27', applicationId: '3' };
  const slowEvent = span('slow', 10, {
    ...eventOf('AllocatedWithOrigin', { ...round27, slow: true, transactionHash: HASH, donorAddress: DONOR }),
    traceId: slow,
    durationMs: 812.25,
  });
  const slowInsert = span('slow.insert', 10, {
    traceId: slow,
    parentSpanId: slowEvent.spanId,
    name: 'InsertDonation',
    durationMs: 700,
    attributes: { ...round27, slow: true, donorAddress: DONOR },
  });
  const slowSql = span('slow.sql', 10, {
    traceId: slow,
    parentSpanId: slowInsert.spanId,
    name: 'pg.query:INSERT grants',
    kind: 3,
    durationMs: 600,
    attributes: round27,
  });
  const elsewhere = span('slow.elsewhere', 10, {
    traceId: slow,
    parentSpanId: slowEvent.spanId,
    name: 'quote',
    kind: 2,
    durationMs: 900,
    attributes: { ...round27, slow: true },
  });
  const fastEvent = span('fast', 9, {
    ...eventOf('AllocatedWithOrigin', { chainId: 10, roundId: '5', applicationId: '27' }),
    traceId: fast,
    durationMs: 40,
  });
  const fastInsert = span('fast.insert', 9, {
    traceId: fast,
    parentSpanId: fastEvent.spanId,
    name: 'InsertDonation',
    durationMs: 20,
    attributes: { chainId: 10, roundId: '5', applicationId: '27' },
  });
  const failedEvent = span('failed', 8, {
    ...eventOf('Registered', { chainId: 42161, roundId: '28' }),
    traceId: failed,
    durationMs: 60,
    failed: true,
  });
  const failedStep = span('failed.step', 8, {
    traceId: failed,
    parentSpanId: failedEvent.spanId,
    name: 'roundLookup',
    durationMs: 30,
    attributes: { chainId: 42161, roundId: '28' },
    failed: true,
  });
  const longEvent = span('long', 30, {
    ...eventOf('PoolCreated', { chainId: 1, roundId: '9', slow: true }),
    traceId: long,
    durationMs: 27 * MINUTE_MS,
  });
  const longStep = span('long.step', 4, {
    traceId: long,
    parentSpanId: longEvent.spanId,
    name: 'metadataParsing',
    durationMs: MINUTE_MS,
    attributes: { chainId: 1, roundId: '9', slow: true },
  });
  const zerosEvent = span('zeros', 7, {
    ...eventOf('Registered', { chainId: 1, roundId: '10' }),
    traceId: zeros,
    spanId: `00${randomBytes(7).toString('hex')}`,
    durationMs: 5,
  });
  const fetchEvents = span('fetching', 6, {
    traceId: fetching,
    name: 'fetchEvents',
    durationMs: 2000,
    attributes: { chainId: 42161, slow: true },
  });

  const since = (minutesAgo: number) => ({ sinceUnixMs: nowMs - minutesAgo * MINUTE_MS });
  const until = (minutesAgo: number) => ({ untilUnixMs: nowMs - minutesAgo * MINUTE_MS });
  const events = { spans: 'events' } as const;
  const all = { spans: 'all' } as const;

  return {
    batches: [
      {
        serviceName,
        spans: [
          ...[longEvent, longStep, slowEvent, slowInsert, slowSql, fastEvent, fastInsert],
          ...[failedEvent, failedStep, zerosEvent, fetchEvents],
        ],
      },
      { serviceName: `${serviceName}-prices`, spans: [elsewhere] },
    ],
    searches: [
      { what: 'event spans', search: { filter: events }, found: ['failed', 'fast', 'long', 'slow', 'zeros'] },
      {
        what: 'all spans of the service, also of traces that began before',
        search: { filter: all, ...since(10.5) },
        found: [
          ...['failed', 'failed.step', 'fast', 'fast.insert', 'fetching', 'long.step'],
          ...['slow', 'slow.insert', 'slow.sql', 'zeros'],
        ],
      },
      {
        what: 'spans of a name',
        search: { filter: { spans: { named: 'InsertDonation' } } },
        found: ['fast.insert', 'slow.insert'],
      },
      {
        what: 'spans of a name with more behind it',
        search: { filter: { spans: { named: 'pg.query' } } },
        found: ['slow.sql'],
      },
      { what: 'slow events', search: { filter: { ...events, slow: true } }, found: ['long', 'slow'] },
      {
        what: 'slow spans',
        search: { filter: { ...all, slow: true } },
        found: ['fetching', 'long', 'long.step', 'slow', 'slow.insert'],
      },
      {
        what: 'slow spans that began after a moment, though their event did not',
        search: { filter: { ...all, slow: true }, ...since(5) },
        found: ['long.step'],
      },
      {
        what: 'failed spans',
        search: { filter: { ...all, errors: true } },
        found: ['failed', 'failed.step'],
      },
      { what: 'failed events', search: { filter: { ...events, errors: true } }, found: ['failed'] },
      {
        what: 'spans that took long',
        search: { filter: { ...all, minDurationMs: 650.5 } },
        found: ['fetching', 'long', 'long.step', 'slow', 'slow.insert'],
      },
      {
        what: 'slow spans that took long',
        search: { filter: { ...all, slow: true, minDurationMs: 800 } },
        found: ['fetching', 'long', 'long.step', 'slow'],
      },
      {
        what: 'spans of a round, but not those of an application of that number',
        search: { filter: { ...all, attributes: { roundId: '27' } } },
        found: ['slow', 'slow.insert', 'slow.sql'],
      },
      {
        what: 'spans with several attributes',
        search: { filter: { ...all, attributes: { chainId: '42161', roundId: '28' } } },
        found: ['failed', 'failed.step'],
      },
      {
        what: 'slow spans of a chain',
        search: { filter: { ...all, slow: true, attributes: { chainId: '42161' } } },
        found: ['fetching', 'slow', 'slow.insert'],
      },
      {
        what: 'spans of an address, however it is written',
        search: { filter: { ...all, attributes: { donorAddress: DONOR.toLowerCase() } } },
        found: ['slow', 'slow.insert'],
      },
      {
        what: 'spans of the traces of an event',
        search: { filter: { ...all, event: { name: 'Registered' } } },
        found: ['failed', 'failed.step', 'zeros'],
      },
      {
        what: 'spans of a name in the trace of a transaction',
        search: {
          filter: {
            spans: { named: 'pg.query' },
            event: { attributes: { transactionHash: HASH.toUpperCase().replace('X', 'x') } },
          },
        },
        found: ['slow.sql'],
      },
      {
        what: 'spans whose event began before the time that is looked at',
        search: { filter: { ...all, event: { name: 'Strategy.PoolCreated' } }, ...since(5) },
        found: ['long.step'],
      },
      {
        what: 'spans with an attribute in the trace of an event with another',
        search: { filter: { ...all, slow: true, event: { attributes: { transactionHash: HASH } } } },
        found: ['slow', 'slow.insert'],
      },
      {
        what: 'events that began before a moment',
        search: { filter: events, ...until(8.5) },
        found: ['fast', 'long', 'slow'],
      },
      {
        what: 'events between two moments',
        search: { filter: events, ...since(9.5), ...until(7.5) },
        found: ['failed', 'fast'],
      },
      { what: 'nothing where nothing is', search: { filter: all, ...since(3) }, found: [] },
      {
        what: 'a trace by its id, in whatever services',
        search: { filter: all, traceIds: [slow], serviceName: undefined },
        found: ['slow', 'slow.elsewhere', 'slow.insert', 'slow.sql'],
      },
      {
        what: 'a trace by its id, in one service',
        search: { filter: all, traceIds: [slow] },
        found: ['slow', 'slow.insert', 'slow.sql'],
      },
      {
        what: 'a trace whose id begins with zeros',
        search: { filter: all, traceIds: [zeros], serviceName: undefined },
        found: ['zeros'],
      },
      {
        what: 'several traces at once, of which one is not there',
        search: {
          filter: events,
          traceIds: [failed, traceId(), long, zeros, fast, slow, failed],
          serviceName: undefined,
        },
        found: ['failed', 'fast', 'long', 'slow', 'zeros'],
      },
      {
        what: 'nothing of a trace that is not there',
        search: { filter: all, traceIds: [traceId()], serviceName: undefined },
        found: [],
      },
    ],
    async read(source, search) {
      const found = new Set<string>();
      const notes: string[] = [];
      const asked: SpanSearch = {
        sinceUnixMs: nowMs - 60 * MINUTE_MS,
        serviceName,
        filter: all,
        fields: 'all',
        onNote: (line) => notes.push(line),
        ...search,
      };
      for await (const spans of source.read(asked)) {
        for (const { spanId } of spans) found.add(labels.get(spanId) ?? 'unknown');
      }
      return { found: [...found].sort(), notes };
    },
  };
}
