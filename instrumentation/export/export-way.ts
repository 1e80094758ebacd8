import { type Collector, createCollector, type OtlpProtocol } from './collector.js';
import { Courier } from './courier.js';
import type { News } from './news.js';
import { JsonRequests } from './requests/json-requests.js';
import { ProtobufRequests } from './requests/protobuf-requests.js';
import type { SpanRecord } from './span-record.js';
import { createTraceFile, type TraceFileOptions } from './trace-file.js';

/** Where spans go and what they all share; plain data, so that another thread can be told. */
export interface ExportWay {
  readonly resourceAttributes: SpanRecord['attributes'];
  /** `none`: the trace file is the only way out. */
  readonly otlp: OtlpProtocol | 'none';
  /** Its path is absolute; undefined for no trace file. */
  readonly traceFile: TraceFileOptions | undefined;
}

/** What stands in for a collector when the exporter cannot be made: the trace file is still written, and every loss has its reason. */
function refuseAll(error: Error): Collector {
  return { send: async () => ({ kind: 'refused', why: `no exporter: ${error.message}` }) };
}

/** A courier for this way, in the thread that calls it. */
export async function createCourier(way: ExportWay, tell: (news: News) => void): Promise<Courier> {
  const { resourceAttributes, otlp, traceFile } = way;
  const json = new JsonRequests(resourceAttributes);
  const requests = otlp === 'http/protobuf' ? new ProtobufRequests(resourceAttributes) : json;
  return new Courier({
    collector:
      otlp === 'none'
        ? undefined
        : await createCollector(otlp, { resourceAttributes, requests }).catch(refuseAll),
    traceFile: traceFile === undefined ? undefined : createTraceFile(traceFile, json),
    tell,
  });
}
