import { type Span, SpanKind } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { SCOPE_NAME } from '../../src/tracing/tracer.js';
import type { WrittenReport } from './report.js';

/** Notes the version of the `pg` that is loaded. It patches nothing. */
export class SeePg extends InstrumentationBase {
  readonly #written: WrittenReport;

  constructor(written: WrittenReport) {
    super('grants-otel/see-pg', '1', {});
    this.#written = written;
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    // Not the package's own file: where that is imported, only what it requires is seen.
    const client = new InstrumentationNodeModuleFile(
      'pg/lib/client.js',
      ['*'],
      (exports: unknown, version) => {
        this.#written.report.pg = version ?? 'unknown';
        this.#written.write();
        return exports;
      },
      () => {},
    );
    return new InstrumentationNodeModuleDefinition('pg', ['*'], undefined, undefined, [client]);
  }
}

/** Counts what ends, and writes the report anew at the first span of a second. */
export class SpanCounter implements SpanProcessor {
  readonly #written: WrittenReport;
  #writtenSecond = 0;

  constructor(written: WrittenReport) {
    this.#written = written;
  }

  onStart(_span: Span): void {}

  onEnd({ kind, instrumentationScope, attributes, endTime: [second] }: ReadableSpan): void {
    const { report } = this.#written;
    report.spanCount += 1;
    if (kind === SpanKind.CONSUMER && instrumentationScope.name === SCOPE_NAME) {
      report.eventCount += 1;
      if (attributes['chainId'] === undefined) report.eventsWithoutChain += 1;
    }
    if (second === this.#writtenSecond) return;
    this.#writtenSecond = second;
    this.#written.write();
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
