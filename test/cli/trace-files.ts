import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OtlpSpan, otlpBatch, otlpSpan, type SpanDraft } from '../traces/otlp-spans.js';

/** A folder of trace files, gone after the tests. */
export interface TraceFolder {
  readonly path: string;
  /** Writes a file, and says where it is. */
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function createTraceFolder(): TraceFolder {
  const path = mkdtempSync(join(tmpdir(), 'grants-otel-cli-'));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    remove: () => rmSync(path, { recursive: true }),
  };
}

/** A trace file with each of these batches on a line. */
export function linesFor(...batches: readonly (readonly OtlpSpan[])[]): string {
  return batches.map((spans) => `${JSON.stringify(otlpBatch(spans))}\n`).join('');
}

/** An event span, fast unless said otherwise, of chain 42161 and round 27. */
export function event({ attributes, ...draft }: SpanDraft = {}): OtlpSpan {
  return otlpSpan({
    name: 'Strategy.AllocatedWithOrigin',
    kind: 5,
    durationMs: 10,
    ...draft,
    attributes: { chainId: 42161, roundId: '27', eventName: 'AllocatedWithOrigin', ...attributes },
  });
}

/** A step of an event, beginning with it. */
export function stepOf(parent: OtlpSpan, draft: SpanDraft): OtlpSpan {
  return otlpSpan({ traceId: parent.traceId, parentSpanId: parent.spanId, ...draft });
}
