import { diag } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describeError } from '../../src/tracing/describe-error.js';

/** A hook of a processor that has nothing to do there: it need not be called. */
export function doNothing(): void {}

/** What is told of the faults of a processor: the first one in a line, and no more. Never throws. */
function faultsOf(name: string): (error: unknown) => void {
  let told = false;
  return (error) => {
    if (told) return;
    told = true;
    const { type, message } = describeError(error);
    diag.error(`the ${name} processor failed, and spans go on without it: ${type}: ${message}`);
  };
}

/** Makes a function that never throws of what a processor does outside of its hooks. */
export function guardedWork<T>(name: string, work: (of: T) => void): (of: T) => void {
  const fault = faultsOf(name);
  return (of) => {
    try {
      work(of);
    } catch (error) {
      fault(error);
    }
  };
}

/**
 * A span processor whose faults stay its own. The SDK calls processors in the middle of the application's `span.end()`, where a throwing
 * one would make that throw. The first fault is one line; what follows is silent.
 */
export function guardedProcessor(name: string, processor: SpanProcessor): SpanProcessor {
  const fault = faultsOf(name);
  const settled = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      fault(error);
    }
  };
  const { onStart, onEnding = doNothing, onEnd } = processor;
  return {
    onStart:
      onStart === doNothing
        ? doNothing
        : (span, parent) => {
            try {
              processor.onStart(span, parent);
            } catch (error) {
              fault(error);
            }
          },
    onEnding:
      onEnding === doNothing
        ? doNothing
        : (span) => {
            try {
              processor.onEnding?.(span);
            } catch (error) {
              fault(error);
            }
          },
    onEnd:
      onEnd === doNothing
        ? doNothing
        : (span) => {
            try {
              processor.onEnd(span);
            } catch (error) {
              fault(error);
            }
          },
    forceFlush: () => settled(() => processor.forceFlush()),
    shutdown: () => settled(() => processor.shutdown()),
  };
}
