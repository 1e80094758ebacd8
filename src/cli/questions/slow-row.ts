import { idOf, numberOf, type ReportedAttributes, textOf } from '../../traces/reported-attributes.js';
import { causeSharePercent, type SlowSpan } from '../../traces/slow-spans.js';
import type { TraceFacts } from '../../traces/trace-facts.js';

/** A slow span and what its trace says of it; an attribute that the span does not have is that of its event. */
export interface SlowRow {
  readonly span: SlowSpan;
  readonly facts: TraceFacts;
}

function attributesOf({ span, facts }: SlowRow): ReportedAttributes {
  return { ...facts.event?.attributes, ...span.attributes };
}

/** The name of the event that a span is of; undefined where its trace has none. */
export function eventNameOf({ span, facts }: SlowRow): string | undefined {
  return span.isEvent ? span.name : facts.event?.name;
}

/** One element of `--json`; the names are a promise, durations are ms, what is not known is null. */
export function slowToJson(row: SlowRow): Record<string, string | number | boolean | null> {
  const { span } = row;
  const all = attributesOf(row);
  const share = causeSharePercent(span);
  return {
    when: new Date(span.startUnixMs).toISOString(),
    event: eventNameOf(row) ?? null,
    span: span.name,
    chainId: idOf(all, 'chainId') ?? null,
    roundId: textOf(all, 'roundId') ?? null,
    applicationId: textOf(all, 'applicationId') ?? null,
    durationMs: span.durationMs,
    thresholdMs: numberOf(span.attributes, 'slowThresholdMs') ?? null,
    cause: textOf(span.attributes, 'slowCause') ?? null,
    causeMs: numberOf(span.attributes, 'slowCauseMs') ?? null,
    causeSharePercent: share === undefined ? null : Math.round(share * 10) / 10,
    blockNumber: numberOf(all, 'blockNumber') ?? null,
    transactionHash: textOf(all, 'transactionHash') ?? null,
    failed: span.failed,
    traceId: span.traceId,
    spanId: span.spanId,
    traceUrl: span.traceUrl ?? null,
  };
}

/** An attribute of the span, else of its event. */
export function idInRow(row: SlowRow, key: string): number | string | undefined {
  return idOf(attributesOf(row), key);
}

/** As {@link idInRow}, as text. */
export function textInRow(row: SlowRow, key: string): string | undefined {
  return textOf(attributesOf(row), key);
}
