import { type Attributes, type Span, SpanKind } from '@opentelemetry/api';
import {
  InstrumentationBase,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { ATTRIBUTES } from '../../src/tracing/attributes.js';
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

/** Names that are looked at; whoever has more makes them up as it goes. */
const MOST_NAMES = 500;

const lettersOf = (name: string): string => name.replace(/[^a-z\d]/gi, '').toLowerCase();
const NAMES_BY_LETTERS = new Map(Object.keys(ATTRIBUTES).map((name) => [lettersOf(name), name]));

/** The attribute that a name is but for case and punctuation; undefined of one that is another, or spelt as it should be. */
function misspelt(name: string): string | undefined {
  const meant = NAMES_BY_LETTERS.get(lettersOf(name));
  return meant === name ? undefined : meant;
}

/** Counts what ends, and writes the report anew at the first span of a second. */
export class SpanCounter implements SpanProcessor {
  readonly #written: WrittenReport;
  readonly #knownNames = new Set<string>();
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
      if (!attributes['contractName'] || !attributes['eventName']) report.eventsWithoutName += 1;
    }
    if (instrumentationScope.name === SCOPE_NAME) this.#lookAtNames(attributes);
    if (second === this.#writtenSecond) return;
    this.#writtenSecond = second;
    this.#written.write();
  }

  #lookAtNames(attributes: Attributes): void {
    for (const name in attributes) {
      if (this.#knownNames.has(name) || this.#knownNames.size >= MOST_NAMES) continue;
      this.#knownNames.add(name);
      const meant = misspelt(name);
      if (meant !== undefined) this.#written.report.misspeltAttributes.push(`${name} (${meant}?)`);
    }
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
