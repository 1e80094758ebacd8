import { createDurations } from '../../traces/durations.js';
import type { Span } from '../../traces/span.js';
import type { CollectedEvents } from './collect-events.js';
import type { EventPoints } from './event-points.js';
import { histogramOf } from './histogram.js';
import { extentOf, overTimeOf } from './over-time.js';
import type { Report } from './page.js';
import type { Heading } from './sections/heading.js';
import { toSlowestEvent } from './slowest-traces.js';

/** Where a report is from. */
export type Origin = Pick<Heading, 'madeAtUnixMs' | 'version' | 'sources' | 'filters' | 'notes'>;

export interface MakeReportOptions {
  /** At least one event. */
  readonly events: CollectedEvents;
  /** The spans of the slowest events' traces, by trace id. */
  readonly traces: ReadonlyMap<string, readonly Span[]>;
  readonly origin: Origin;
}

function durationsOf(points: EventPoints) {
  const growing = createDurations((at) => points.weight[at] ?? 1).create();
  for (let at = 0; at < points.count; at++) growing.add(points.durationMs[at] ?? 0, at);
  return growing.finish();
}

function headingOf({ points, summary }: CollectedEvents, origin: Origin): Heading {
  const durations = durationsOf(points);
  const [firstUnixMs, lastUnixMs] = extentOf(points.startUnixMs);
  return {
    ...origin,
    firstUnixMs,
    lastUnixMs,
    eventCount: durations.count,
    isEstimated: durations.isWeighted,
    slowCount: summary.reduce((sum, row) => sum + row.slowCount, 0),
    failedCount: summary.reduce((sum, row) => sum + row.errorCount, 0),
    p50Ms: durations.percentileMs(0.5),
    p95Ms: durations.percentileMs(0.95),
    p99Ms: durations.percentileMs(0.99),
    maxMs: durations.maxMs,
  };
}

/** All that stands on the page, out of what was collected. */
export function makeReport({ events, traces, origin }: MakeReportOptions): Report {
  return {
    heading: headingOf(events, origin),
    charts: {
      overTime: overTimeOf(events.points),
      histogram: histogramOf(events.points),
      slowThresholdMs: events.slowThresholdMs,
    },
    summary: events.summary,
    causes: events.causes,
    slowest: {
      events: events.slowest.map((event) => toSlowestEvent(event, traces.get(event.traceId) ?? [])),
      eventCount: events.points.count,
    },
  };
}
