import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { listenToRefusals } from '../../src/tracing/refused-attributes.js';
import type { TracingState } from '../../src/tracing/set-up-report.js';
import type { TracingConfig } from '../config.js';
import { ADDED_BY_DOCTOR, LOADED_AGAIN, markProcess } from '../process-marks.js';
import { guardedProcessor } from '../processors/guarded-processor.js';
import { createReport, type WrittenReport } from './report.js';
import { SeePg, SpanCounter } from './see-set-up.js';

/** The report on this process, and what sees what it has to say. */
export interface SetUp extends WrittenReport {
  /** None where nobody asked for the report. */
  instrumentations(): Instrumentation[];
  readonly processors: SpanProcessor[];
  /** The application could not register an SDK of its own beside ours. */
  noteRefusedSdk(): void;
  /** Tells what tracing came to. */
  tell(state: TracingState): void;
}

/** Where `grants-otel doctor` added the preload: notes that the application loads it by itself, and what it has loaded before it does. */
function noteOwnLoad({ report, write }: WrittenReport): void {
  markProcess(LOADED_AGAIN, () => {
    if (report.isLoadedByApplication) return;
    report.isLoadedByApplication = true;
    const files = new Set(report.rows.flatMap(({ file }) => file ?? []));
    report.loadedBefore.push(...(report.pg === undefined ? [] : ['pg']), ...files);
    write();
  });
}

/** More are not worth to be told: whoever gives so many gives all of them wrong. */
const MOST_REFUSED = 20;

function noteRefusedAttributes({ report: { refusedAttributes }, write }: WrittenReport): void {
  const known = new Set<string>();
  listenToRefusals((name, why) => {
    if (known.has(name) || known.size >= MOST_REFUSED) return;
    known.add(name);
    refusedAttributes.push(`${name}: ${why}`);
    write();
  });
}

/** Starts the report on this process, which is written only where `grants-otel doctor` asked for it. */
export function createSetUp(config: TracingConfig): SetUp {
  const written = createReport(config);
  const isWanted = config.doctorFolder !== undefined;
  if (isWanted) noteRefusedAttributes(written);
  if (isWanted && ADDED_BY_DOCTOR in globalThis) noteOwnLoad(written);
  return {
    ...written,
    instrumentations: () => (isWanted ? [new SeePg(written)] : []),
    processors: isWanted ? [guardedProcessor('span counter', new SpanCounter(written))] : [],
    noteRefusedSdk: () => {
      written.report.hasRefusedSdk = true;
      written.write();
    },
    tell: (state) => {
      written.report.tracing = state;
      written.write();
    },
  };
}
