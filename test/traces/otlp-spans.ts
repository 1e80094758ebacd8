import { randomBytes } from 'node:crypto';

type Value = string | number | boolean;

/** A span as a test describes it; what is left out is made up. */
export interface SpanDraft {
  readonly traceId?: string;
  readonly spanId?: string;
  readonly parentSpanId?: string;
  readonly name?: string;
  readonly kind?: number;
  readonly startUnixMs?: number;
  readonly durationMs?: number;
  readonly attributes?: Readonly<Record<string, Value>>;
}

export type OtlpSpan = ReturnType<typeof otlpSpan>;

/** When the events of a test begin, where it does not matter. */
export const SOME_TIME = Date.UTC(2024, 9, 4, 12, 0, 0);

function otlpValue(value: Value) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** A span in OTLP JSON, its times in nanosecond strings. */
export function otlpSpan(draft: SpanDraft) {
  const { startUnixMs = SOME_TIME, durationMs = 1, attributes = {} } = draft;
  const start = BigInt(Math.round(startUnixMs * 1000)) * 1000n;
  return {
    traceId: draft.traceId ?? randomBytes(16).toString('hex'),
    spanId: draft.spanId ?? randomBytes(8).toString('hex'),
    ...(draft.parentSpanId === undefined ? {} : { parentSpanId: draft.parentSpanId }),
    name: draft.name ?? 'InsertDonation',
    kind: draft.kind ?? 1,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(Math.round(durationMs * 1e6))),
    attributes: Object.entries(attributes).map(([key, value]) => ({ key, value: otlpValue(value) })),
    status: {} as { readonly code?: number },
  };
}

/** A slow event span of chain 42161, round 27, application 3. */
export function slowEvent({ attributes, ...draft }: SpanDraft = {}) {
  return otlpSpan({
    name: 'Strategy.AllocatedWithOrigin',
    kind: 5,
    durationMs: 812,
    ...draft,
    attributes: {
      chainId: 42161,
      roundId: '27',
      applicationId: '3',
      eventName: 'AllocatedWithOrigin',
      slow: true,
      slowThresholdMs: 500,
      slowCause: 'InsertDonation > pg.query:INSERT grants',
      slowCauseMs: 609,
      ...attributes,
    },
  });
}

/** One batch as the exporter sends it. */
export function otlpBatch(spans: readonly OtlpSpan[], serviceName = 'grants-indexer') {
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: 'service.name', value: { stringValue: serviceName } }] },
        scopeSpans: [{ scope: { name: 'grants-otel' }, spans }],
      },
    ],
  };
}
