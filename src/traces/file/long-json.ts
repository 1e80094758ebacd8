import { isObject } from '../json-value.js';
import { serviceNameOf } from '../otlp-json.js';
import { JsonUnits, type UnitKind } from './json-units.js';
import { addFault } from './reading-report.js';
import type { TraceReader } from './trace-reader.js';

const MAX_UNIT_BYTES = 64 * 1024 * 1024;
/** Spans that stand before their resource are held until it comes, up to so many bytes. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** Reads JSON that is too long to be held, or stands over many lines, span by span. */
export interface LongJson {
  push(bytes: Uint8Array): void;
  /** Ends it, where the JSON should have ended; `hasEnd` says whether more could follow, so that it is not still being written. */
  end(hasEnd: boolean): void;
  /** Whether a batch may begin here. */
  mayBeginBatch(): boolean;
  /** Leaves it where it is, with what was read of it, and tells nothing. */
  leave(): void;
}

/** @param countsLines whether line feeds in the JSON count as lines of the file. */
export function createLongJson(reader: TraceReader, countsLines: boolean): LongJson {
  const firstLine = reader.report.lineCount;
  let serviceName: string | undefined;
  let isServiceKnown = false;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let isDamaged = false;

  const units = new JsonUnits({
    maxUnitBytes: MAX_UNIT_BYTES,
    onUnit: take,
    onResourceEnd: () => {
      releaseWaiting();
      serviceName = undefined;
      isServiceKnown = false;
    },
    onTooLong: (kind) => fault(`a ${kind} longer than ${MAX_UNIT_BYTES / 1024 / 1024} MB`),
  });

  function fault(what: string): void {
    if (countsLines) reader.report.lineCount = firstLine + units.newlines;
    addFault(reader.report, what);
  }

  function takeSpan(bytes: Uint8Array): void {
    if (reader.readSpan(bytes, serviceName)) return;
    isDamaged = true;
    fault('a span is no JSON');
  }

  function releaseWaiting(): void {
    for (const bytes of waiting) takeSpan(bytes);
    waiting = [];
    waitingBytes = 0;
  }

  function take(kind: UnitKind, bytes: Uint8Array): void {
    if (countsLines) reader.report.lineCount = firstLine + units.newlines;
    if (kind === 'span' && !isServiceKnown && waitingBytes < MAX_WAITING_BYTES) {
      waiting.push(Buffer.from(bytes));
      waitingBytes += bytes.length;
    } else if (kind === 'span') takeSpan(bytes);
    else if (kind === 'resource') {
      isServiceKnown = true;
      serviceName = serviceOf(bytes);
      releaseWaiting();
    } else if (!reader.readJaegerTrace(bytes)) fault('a trace is no JSON');
  }

  function leave(): void {
    releaseWaiting();
    if (units.sawTraces) reader.report.tracesCount++;
    if (countsLines) reader.report.lineCount = firstLine + units.newlines;
  }

  return {
    push: (bytes) => units.push(bytes),
    mayBeginBatch: () => units.mayBeginDocument,
    leave,
    end(hasEnd) {
      leave();
      // A line may be the first of a list that is laid out over several.
      const isOpen = units.isOpen && (countsLines || !units.sawTraces || !units.isBetweenElements);
      if (units.sawTraces) {
        // Behind JSON over many lines nothing follows: what is no JSON there was damaged, and is not still being written.
        if (units.failed || isOpen) isDamaged ||= hasEnd || (units.failed && countsLines);
        if (isDamaged) reader.report.damagedCount++;
      }
      if (units.failed) fault('no JSON from here on');
      else if (isOpen) fault(hasEnd ? 'cut off or damaged' : 'cut off (a file still being written?)');
      else if (!units.sawTraces) {
        reader.report.refusedCount++;
        fault('no {"resourceSpans":[…]} in JSON');
      }
    },
  };
}

function serviceOf(bytes: Uint8Array): string | undefined {
  try {
    const resource: unknown = JSON.parse(Buffer.from(bytes).toString());
    return isObject(resource) ? serviceNameOf(resource) : undefined;
  } catch {
    return undefined;
  }
}
