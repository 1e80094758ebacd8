import { getNumberFromEnv } from '@opentelemetry/core';

/** How long spans wait for others, and how many go together: what the batch processor's standard variables say. */
export interface BatchLimits {
  readonly delayMs: number;
  readonly maxSpans: number;
}

/**
 * Reads `OTEL_BSP_SCHEDULE_DELAY` (1000 ms) and `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` (512 spans); what is no such number is not heeded.
 * A batch is at most a quarter of what may be held: what waits for a batch to fill must not be what fills it.
 */
export function readBatchLimits(maxHeldSpans: number): BatchLimits {
  const delayMs = getNumberFromEnv('OTEL_BSP_SCHEDULE_DELAY') ?? 1000;
  const maxSpans = getNumberFromEnv('OTEL_BSP_MAX_EXPORT_BATCH_SIZE') ?? 512;
  const askedSpans = Number.isInteger(maxSpans) && maxSpans > 0 ? maxSpans : 512;
  return {
    delayMs: delayMs >= 0 && delayMs < 2 ** 31 ? delayMs : 1000,
    maxSpans: Math.max(1, Math.min(askedSpans, Math.floor(maxHeldSpans / 4))),
  };
}
