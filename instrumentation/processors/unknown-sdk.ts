import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { readProcessorConfig } from '../config.js';
import { createLog } from '../log.js';

let isLookedAt = false;

/** Says, once, that the spans of an SDK are not as those of 2.x and 3.x: what ours read of them is not there, or has another name. */
export function lookAtSdk(span: ReadableSpan): void {
  if (isLookedAt) return;
  isLookedAt = true;
  if ((span as Partial<ReadableSpan>).instrumentationScope !== undefined) return;
  createLog(readProcessorConfig({}).logLevel).warn(
    'these are no spans of the OpenTelemetry SDK 2.x or 3.x, for which grants-otel/processors are: values stay in SQL texts, and slow events are explained wrong',
  );
}
